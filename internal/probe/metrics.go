package probe

import (
	"bytes"
	"math"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

// metrics turns a snapshot into metric families. It keeps no value of its own and
// has its own registry, so that nothing a library registers appears under drainit's
// name.
type metrics struct {
	registry *prometheus.Registry
	snapshot Snapshot
	count    func() (Processes, error) // nil: not known
	all      []metric

	state, ready, requestAge, requestTime, drainDelay, deadline, deadlineHit,
	received, forwarded, reaped, leftovers, probeRequests, childStart,
	connections, requestsCut, requestsCutAtMost, peerUp, actions, warnings, logDropped, build,
	processes, zombies, pids, pidsLimit metric

	front frontMetrics
}

// metric is one name with its type.
type metric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// newMetrics returns the metrics of a snapshot and of count.
func newMetrics(s Snapshot, count func() (Processes, error)) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), snapshot: s, count: count}
	m.state = m.gauge("state", "1 for the state drainit is in, 0 for the others.", "state")
	m.ready = m.gauge("ready", "1 if the last answer of /readyz was 200, else 0; absent until somebody has asked.")
	m.requestAge = m.gauge("stop_request_age_seconds", "Time since the stop request; 0 before it.")
	m.requestTime = m.gauge("stop_request_timestamp_seconds", "Unix time of the stop request; 0 before it.")
	m.drainDelay = m.gauge("drain_delay_seconds", "How long the stop signal is held, from the stop request; the longest of a range.")
	m.deadline = m.gauge("deadline_seconds", "When SIGKILL is sent, from the stop request; +Inf if never.")
	m.deadlineHit = m.gauge("deadline_hit", "1 once the deadline has passed before the program had ended, else 0.")
	m.received = m.counter("signals_received_total", "Signals received, by name; a signal not received yet is absent.", "signal")
	m.forwarded = m.counter("signals_forwarded_total", "Signals sent to the program, by name; a signal not sent yet is absent.", "signal")
	m.reaped = m.counter("processes_reaped_total", "Processes waited for: the program (child) or what it left behind (orphan).", "kind")
	m.leftovers = m.gauge("leftovers", "Processes that outlived the program and are being ended.")
	m.probeRequests = m.counter("probe_requests_total", "Requests answered, by endpoint (other: no such path) and HTTP status.", "endpoint", "code")
	m.childStart = m.gauge("child_start_time_seconds", "Unix time at which the program was started.")
	m.connections = m.gauge("connections", "Connections of the program in a stop, by when they were seen and what is known of them; absent where nothing was seen.", "at", "state")
	m.requestsCut = m.gauge("requests_cut", "Requests that the program's end cut; absent before, and where that is not known.")
	m.requestsCutAtMost = m.gauge("requests_cut_at_most", "The same where the kernel did not tell of each.")
	m.peerUp = m.gauge("peer_up", "1 if that other drainit of the pod is there, else 0.", "peer")
	m.actions = m.counter("actions_total", "Actions of --at-drain and --at-stop, by instant and by how they ended.", "at", "result")
	m.warnings = m.counter("warnings_total", "Warnings and errors that drainit has logged, by message; one not logged yet is absent.", "reason")
	m.logDropped = m.counter("log_lines_dropped_total", "Log lines dropped because stderr was not read.")
	m.build = m.gauge("build_info", "Always 1; the labels say what is running.", "version", "goversion")
	m.processes = m.gauge("processes", "Processes of the container, zombies and drainit included, counted up to a bound; absent where /proc does not show them.")
	m.zombies = m.gauge("zombies", "Those of them that have ended and that nobody has waited for.")
	m.pids = m.gauge("pids", "Processes and threads, as the container's pids cgroup counts them; absent where it is not seen.")
	m.pidsLimit = m.gauge("pids_limit", "How many of them there may be; absent where no limit is seen.")
	m.addFront()
	m.registry.MustRegister(m) // descriptors are constant, and a test gathers them
	return m
}

// gauge adds a value that goes up and down.
func (m *metrics) gauge(name, help string, labels ...string) metric {
	return m.add(prometheus.GaugeValue, name, help, labels)
}

// counter adds a value that only goes up.
func (m *metrics) counter(name, help string, labels ...string) metric {
	return m.add(prometheus.CounterValue, name, help, labels)
}

// add adds a metric under the common prefix.
func (m *metrics) add(kind prometheus.ValueType, name, help string, labels []string) metric {
	one := metric{prometheus.NewDesc("drainit_"+name, help, labels, nil), kind}
	m.all = append(m.all, one)
	return one
}

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, one := range m.all {
		ch <- one.desc
	}
}

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	m.collect(samples(ch), m.snapshot.Status)
	if m.count == nil {
		return
	}
	if n, err := m.count(); err == nil {
		m.collectProcesses(samples(ch), n)
	}
}

// collect sends everything about s.
func (m *metrics) collect(out samples, s Status) {
	for _, state := range states() {
		out.send(m.state, is(s.State == state), state)
	}
	if m.snapshot.Sent.probed() {
		out.send(m.ready, is(s.Ready))
	}
	out.send(m.leftovers, float64(s.Leftovers))
	out.send(m.childStart, unixSeconds(s.Child.Started))
	out.send(m.logDropped, float64(s.LogLinesDropped))
	out.send(m.build, 1, s.Version, runtime.Version())
	for _, peer := range s.Peers {
		out.send(m.peerUp, is(peer.State != "absent"), peer.Name)
	}
	m.collectStop(out, s)
	m.collectFront(out, s.Front)
	for reason, n := range m.snapshot.Reasons {
		out.send(m.warnings, float64(n), reason)
	}
	m.collectCounts(out, s)
}

// collectStop sends what tells how far a stop is.
func (m *metrics) collectStop(out samples, s Status) {
	request := s.StopRequest
	if request == nil {
		request = &StopRequest{}
	}
	deadline := time.Duration(s.Plan.Deadline).Seconds()
	if s.Plan.Deadline == 0 {
		deadline = math.Inf(1)
	}
	out.send(m.requestAge, request.SecondsAgo)
	out.send(m.requestTime, unixSeconds(request.At))
	out.send(m.drainDelay, time.Duration(max(s.Plan.DrainDelay, s.Plan.DrainDelayMax)).Seconds())
	out.send(m.deadline, deadline)
	out.send(m.deadlineHit, is(s.DeadlineHit))
	m.collectConnections(out, s.Connections)
}

// collectCounts sends the counters with labels.
func (m *metrics) collectCounts(out samples, s Status) {
	for name, n := range s.Signals.Received {
		out.send(m.received, float64(n), name)
	}
	for name, n := range s.Signals.Forwarded {
		out.send(m.forwarded, float64(n), name)
	}
	for at, n := range map[string]Attempts{"drain": s.Actions.AtDrain, "stop": s.Actions.AtStop} {
		out.send(m.actions, float64(n.Done), at, "done")
		out.send(m.actions, float64(n.Failed), at, "failed")
	}
	out.send(m.reaped, float64(s.Reaped.Child), "child")
	out.send(m.reaped, float64(s.Reaped.Orphan), "orphan")
	m.snapshot.Sent.each(func(e endpoint, code int, n uint64) {
		out.send(m.probeRequests, float64(n), e.String(), strconv.Itoa(code))
	})
}

// samples is where a collection goes.
type samples chan<- prometheus.Metric

// send sends one value. A label that cannot be one (not UTF-8) becomes an error
// of this scrape, and not a panic.
func (out samples) send(m metric, value float64, labels ...string) {
	one, err := prometheus.NewConstMetric(m.desc, m.kind, value, labels...)
	if err != nil {
		one = prometheus.NewInvalidMetric(m.desc, err)
	}
	out <- one
}

// writeTo writes all metrics in Prometheus' text format. Not promhttp: it links
// compression and content negotiation, some 350 KB of binary, for a reply of
// 5 KB; the plain text format is what every scraper accepts.
func (m *metrics) writeTo(b *bytes.Buffer) error {
	families, err := m.registry.Gather()
	if err != nil {
		return err
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(b, family); err != nil {
			return err
		}
	}
	return nil
}

// is returns 1 for true.
func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// unixSeconds returns t in seconds since 1970, 0 for no time.
func unixSeconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
