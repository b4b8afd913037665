package probe

import (
	"bytes"
	"io"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// scrapeText returns the metrics of a status.
func scrapeText(t *testing.T, s Status, sent *tally) string {
	t.Helper()
	var b bytes.Buffer
	if err := newMetrics(NewSnapshot(s, sent.counts()), counted).writeTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func counted() (Processes, error) {
	all, zombies, pids, limit := 7, 2, 31, 100
	return Processes{All: &all, Zombies: &zombies, PIDs: &pids, PIDsLimit: &limit}, nil
}

// sample returns the value of a series as written, "absent" if it is not there.
func sample(text, series string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "absent"
}

func TestMetrics(t *testing.T) {
	var sent tally
	sent.count(endpointReadyz, 200)
	sent.count(endpointReadyz, 200)
	sent.count(endpointReadyz, 503)
	sent.count(endpointOther, 404)
	for story, want := range map[string]map[string]string{
		"rest": {
			`drainit_state{state="running"}`:                        "1",
			`drainit_state{state="draining"}`:                       "0",
			`drainit_state{state="exited"}`:                         "0",
			`drainit_ready`:                                         "1",
			`drainit_stop_request_age_seconds`:                      "0",
			`drainit_stop_request_timestamp_seconds`:                "0",
			`drainit_drain_delay_seconds`:                           "0",
			`drainit_connections{at="latest",state="idle"}`:         "absent",
			`drainit_requests_cut`:                                  "absent",
			`drainit_deadline_seconds`:                              "+Inf",
			`drainit_deadline_hit`:                                  "0",
			`drainit_signals_received_total{signal="SIGTERM"}`:      "absent",
			`drainit_processes_reaped_total{kind="child"}`:          "0",
			`drainit_child_start_time_seconds`:                      "1.772355600123e+09",
			`drainit_probe_requests_total{code="200",endpoint="x"}`: "absent",
			`drainit_processes`:                                     "7",
			`drainit_zombies`:                                       "2",
			`drainit_pids`:                                          "31",
			`drainit_pids_limit`:                                    "100",
			`drainit_build_info{goversion="` + runtime.Version() + `",version="1.2.3"}`: "1",
		},
		"drain": {
			`drainit_state{state="running"}`:                             "0",
			`drainit_state{state="draining"}`:                            "1",
			`drainit_ready`:                                              "0",
			`drainit_stop_request_age_seconds`:                           "3.25",
			`drainit_stop_request_timestamp_seconds`:                     "1.772359200123e+09",
			`drainit_drain_delay_seconds`:                                "15",
			`drainit_connections{at="latest",state="in_flight"}`:         "1",
			`drainit_connections{at="latest",state="idle"}`:              "40",
			`drainit_connections{at="latest",state="undecided"}`:         "2",
			`drainit_connections{at="latest",state="unaccepted"}`:        "3",
			`drainit_connections{at="stop_request",state="idle"}`:        "41",
			`drainit_connections{at="stop_signal",state="idle"}`:         "absent",
			`drainit_requests_cut`:                                       "absent",
			`drainit_deadline_seconds`:                                   "28",
			`drainit_deadline_hit`:                                       "0",
			`drainit_signals_received_total{signal="SIGTERM"}`:           "1",
			`drainit_signals_received_total{signal="SIGHUP"}`:            "2",
			`drainit_signals_forwarded_total{signal="SIGHUP"}`:           "2",
			`drainit_processes_reaped_total{kind="orphan"}`:              "12",
			`drainit_log_lines_dropped_total`:                            "3",
			`drainit_actions_total{at="drain",result="failed"}`:          "2",
			`drainit_actions_total{at="stop",result="done"}`:             "0",
			`drainit_warnings_total{reason="action failed"}`:             "2",
			`drainit_probe_requests_total{code="200",endpoint="readyz"}`: "2",
			`drainit_probe_requests_total{code="503",endpoint="readyz"}`: "1",
			`drainit_probe_requests_total{code="404",endpoint="other"}`:  "1",
		},
		"end": {
			`drainit_state{state="sweeping"}`:                         "1",
			`drainit_deadline_hit`:                                    "1",
			`drainit_connections{at="stop_signal",state="undecided"}`: "7",
			`drainit_connections{at="deadline",state="idle"}`:         "40",
			`drainit_requests_cut`:                                    "1",
			`drainit_requests_cut_at_most`:                            "3",
			`drainit_warnings_total{reason="action failed"}`:          "3",
			`drainit_warnings_total{reason="front listener failed"}`:  "3",
			`drainit_leftovers`:                                       "2",
			`drainit_processes_reaped_total{kind="child"}`:            "1",
		},
	} {
		text := scrapeText(t, stories()[story], &sent)
		for series, value := range want {
			if got := sample(text, series); got != value {
				t.Errorf("%s: %s is %s, want %s", story, series, got, value)
			}
		}
	}
}

// Readiness is absent until it was asked for, and answered.
func TestReadyIsAbsentUntilAsked(t *testing.T) {
	for want, asked := range map[string]func(*tally){
		"absent": func(sent *tally) { sent.count(endpointReadyz, 405); sent.count(endpointLivez, 200) },
		"0":      func(sent *tally) { sent.count(endpointReadyz, 503) },
	} {
		var sent tally
		asked(&sent)
		if got := sample(scrapeText(t, Status{}, &sent), "drainit_ready"); got != want {
			t.Errorf("drainit_ready is %s, want %s", got, want)
		}
	}
}

// What is not known of processes is absent.
func TestUnknownProcessesAreAbsent(t *testing.T) {
	for _, count := range []func() (Processes, error){nil, func() (Processes, error) { return Processes{}, nil }, func() (Processes, error) { return Processes{}, io.EOF }} {
		var b bytes.Buffer
		if err := newMetrics(Snapshot{}, count).writeTo(&b); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"drainit_processes", "drainit_zombies", "drainit_pids", "drainit_pids_limit"} {
			if got := sample(b.String(), name); got != "absent" {
				t.Errorf("%s is %s, want it absent", name, got)
			}
		}
	}
}

// Exactly one state is 1, whichever it is.
func TestStateMetric(t *testing.T) {
	for _, state := range states() {
		text := scrapeText(t, Status{State: state}, new(tally))
		for _, other := range states() {
			want := "0"
			if other == state {
				want = "1"
			}
			if got := sample(text, `drainit_state{state="`+other+`"}`); got != want {
				t.Errorf("in state %s: %s is %s, want %s", state, other, got, want)
			}
		}
	}
}

// fullTally has every pair there can be.
func fullTally() *tally {
	var sent tally
	for e := range endpointCount {
		for _, code := range codes {
			sent.count(e, code)
		}
	}
	return &sent
}

// Prometheus' own rules for names, and ours: one prefix, a help text that says
// more than the name.
func TestMetricNames(t *testing.T) {
	text := scrapeText(t, atEnd(), fullTally())
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	names := 0
	for line := range strings.Lines(text) {
		if help, ok := strings.CutPrefix(line, "# HELP "); ok {
			names++
			name, what, _ := strings.Cut(strings.TrimSpace(help), " ")
			if !strings.HasPrefix(name, "drainit_") || !strings.HasSuffix(what, ".") {
				t.Errorf("%q: want the prefix drainit_ and a sentence", help)
			}
		}
	}
	if names != len(newMetrics(Snapshot{}, nil).all) {
		t.Errorf("%d names in a full scrape, want %d", names, len(newMetrics(Snapshot{}, nil).all))
	}
}

// A pedantic registry checks every sample against its description.
func TestMetricsAreConsistent(t *testing.T) {
	for name, s := range stories() {
		r := prometheus.NewPedanticRegistry()
		if err := r.Register(newMetrics(NewSnapshot(s, fullTally().counts()), counted)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Gather(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadLabelIsAnErrorOfTheScrape(t *testing.T) {
	s := Status{Version: "\xff"}
	var b bytes.Buffer
	if err := newMetrics(Snapshot{Status: s}, nil).writeTo(&b); err == nil {
		t.Error("a label that is not UTF-8: no error")
	}
}

func TestProbeRequestsAreCounted(t *testing.T) {
	g := NewGate(GateConfig{})
	_, addr := serve(t, served{Gate: g})
	for _, path := range []string{"/readyz", "/readyz?verbose", "/livez", "/nowhere", "/no/where", "/", "/drain"} {
		get(t, addr, path)
	}
	ask("POST", addr, "/readyz")
	g.SetUnready("stop request")
	get(t, addr, "/readyz")
	text := get(t, addr, "/metrics").body
	for series, want := range map[string]string{
		`{code="200",endpoint="readyz"}`: "2",
		`{code="405",endpoint="readyz"}`: "1",
		`{code="503",endpoint="readyz"}`: "1",
		`{code="200",endpoint="livez"}`:  "1",
		`{code="200",endpoint="index"}`:  "1",
		`{code="200",endpoint="drain"}`:  "1",
		`{code="404",endpoint="other"}`:  "2",
	} {
		if got := sample(text, "drainit_probe_requests_total"+series); got != want {
			t.Errorf("%s is %s, want %s", series, got, want)
		}
	}
	if n := strings.Count(text, "drainit_probe_requests_total{"); n != 7 {
		t.Errorf("%d series of requests, want 7", n)
	}
}

// Every status the handler can send is one that is counted.
func TestEveryCodeIsCounted(t *testing.T) {
	for _, code := range codes {
		var sent tally
		sent.count(endpointDrain, code)
		n := 0
		sent.counts().each(func(e endpoint, c int, count uint64) {
			if e != endpointDrain || c != code || count != 1 {
				t.Errorf("counted %s %d %d, want drain %d 1", e, c, count, code)
			}
			n++
		})
		if n != 1 {
			t.Errorf("%d: counted %d times, want 1", code, n)
		}
	}
}

// Scrapes leave nothing behind: a kilobyte each would show here as a megabyte.
func TestScrapesDoNotGrowTheHeap(t *testing.T) {
	_, addr := serve(t, served{Status: midDrain})
	scrape := func(n int) {
		for range n {
			get(t, addr, "/metrics")
			get(t, addr, "/drain")
		}
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // the second empties what the first left in sync.Pool
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	scrape(50)
	before := heap()
	scrape(1000)
	if grown := heap() - before; grown > 512<<10 {
		t.Errorf("1000 scrapes grew the heap by %d bytes, want none kept", grown)
	}
}

func TestConcurrentScrapes(t *testing.T) {
	_, addr := serve(t, served{Status: midDrain})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 10 {
				a, err := ask("GET", addr, "/metrics")
				if err != nil || a.StatusCode != 200 || sample(a.body, "drainit_deadline_seconds") != "28" {
					t.Errorf("/metrics: %v, %v", a.Response, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestUnixSeconds(t *testing.T) {
	if got := unixSeconds(t0()); math.Abs(got-1772359200.123) > 1e-6 {
		t.Errorf("got %f, want 1772359200.123", got)
	}
}
