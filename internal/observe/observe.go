// Package observe looks at the program's connections in a stop: what is in flight, what
// arrives, and what was cut.
package observe

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/conns"
	"drainit/internal/drain"
	"drainit/internal/process"
)

// Observer looks at the child's connections for the machine, one look at a
// time. It has seen nothing before its first look, and decides then which ports
// are the child's: a program that stops closes them.
type Observer struct {
	Ports    func() (list []uint16, known bool, detail string)
	Arrivals *Arrivals     // nil: counted from the first look on
	Accepted *atomic.Int64 // by drainit itself, which are no arrivals
	Log      *slog.Logger

	Early   bool // ports are found before the stop signal at the latest
	finding sync.Mutex
	watch   *conns.Watch // nil: ports are not known
	asked   bool         // for the ports
	warned  bool         // that sock_diag was refused

	mu      sync.Mutex
	counted counted
}

// counted is what the end is counted with.
type counted struct {
	cuts     *conns.Cuts // nil: the kernel does not tell, or nobody has looked yet
	late     bool        // the stop signal was sent before anybody looked
	ports    []uint16    // of cuts
	inFlight []uint64    // as last seen
	last     uncounted
}

// Evidence is what the supervisor wants to know of connections: the seam at
// which a test can say what there is to see.
type Evidence struct {
	Look        func() drain.Observed       // in a goroutine of its own, one at a time
	ArrivalRate func() float64              // up to the stop request
	Stopping    func()                      // the stop signal is about to be sent
	Cut         func(doomed bool) drain.Cut // since then, now that the child has gone; doomed: and all that is left is about to be killed
}

// NoEvidence is where nothing is looked at.
func NoEvidence() Evidence {
	return Evidence{
		Look:        func() drain.Observed { return drain.Observed{Settled: true} },
		ArrivalRate: func() float64 { return 0 },
		Stopping:    func() {},
		Cut:         func(bool) drain.Cut { return drain.Cut{} },
	}
}

// Evidence returns what the supervisor asks of o.
func (o *Observer) Evidence() Evidence {
	return Evidence{Look: o.Look, ArrivalRate: o.Arrivals.Rate, Stopping: o.stopping, Cut: o.cut}
}

// Look takes as long as the kernel does. It never panics: it runs in a
// goroutine of its own, where that would end PID 1.
func (o *Observer) Look() (seen drain.Observed) {
	defer func() {
		if p := recover(); p != nil {
			o.Log.Error("internal error, going on", "error", p)
			seen = drain.Observed{Settled: true}
		}
	}()
	o.findPorts()
	if o.watch == nil {
		return drain.Observed{Settled: true}
	}
	return o.observe(time.Now())
}

// findPorts decides, once, which ports are looked at.
func (o *Observer) findPorts() {
	o.finding.Lock()
	defer o.finding.Unlock()
	if o.asked {
		return
	}
	o.asked = true
	ports, known, detail := o.Ports()
	if !known {
		o.Log.Warn("connections not seen", "why", detail, "effect", assumed, "remedy", "set --ports")
		return
	}
	o.watch = &conns.Watch{Ports: ports, Remember: o.Arrivals != nil}
	if o.Arrivals == nil && o.Accepted != nil {
		o.Arrivals = NewArrivals(conns.PassiveOpens, o.Accepted)
	}
	if len(ports) == 0 {
		return
	}
	if cuts, err := conns.FollowCuts(ports); err == nil { // else the last look has to do
		o.mu.Lock()
		o.counted.cuts, o.counted.ports = cuts, ports
		o.mu.Unlock()
	}
}

// stopping has what ends from now on counted. Where nobody has looked yet, the
// stop signal does not wait for that, unless so told.
func (o *Observer) stopping() {
	if o.Early {
		o.findPorts()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Early && o.counted.cuts != nil && !o.counted.last.known { // so that it is known whose ends the kernel has yet to tell of
		w := conns.Watch{Ports: o.counted.ports}
		_, _ = w.Look()
		o.counted.inFlight = w.InFlight()
	}
	if o.counted.cuts != nil {
		o.counted.cuts.Begin()
	}
	o.counted.late = o.counted.cuts == nil && !o.counted.last.known
}

// cutPatience bounds what counting may add to the end of a drain. Where processor
// time is short (cpu.max of cgroups(7)) asking the kernel once was seen to take
// 400 ms.
const cutPatience = 500 * time.Millisecond

// cut counts the requests that the child has cut. It waits for the kernel to
// tell, no longer than cutPatience.
func (o *Observer) cut(doomed bool) drain.Cut {
	o.mu.Lock()
	cuts, suspects, late, last := o.counted.cuts, o.counted.inFlight, o.counted.late, o.counted.last
	o.mu.Unlock()
	if cuts == nil || late {
		return last.cut(late)
	}
	counted := make(chan drain.Cut, 1)
	go func() {
		defer process.Survive(o.Log)
		least, most, known := cuts.Count(suspects, doomed)
		if !known {
			counted <- last.cut(late)
			return
		}
		counted <- drain.Cut{Known: true, Least: least, Most: most}
	}()
	select {
	case c := <-counted:
		return c
	case <-time.After(cutPatience):
		return last.cut(late)
	}
}

// uncounted is what a look showed, for where the kernel does not tell of ends.
type uncounted struct {
	known bool
	there int    // connections
	opens uint64 // that had come to the network namespace, ever
}

// cut is at most all that were there and all that have come since: a kept
// connection may have been asked something after it was looked at. It is not
// known where nobody looked before the stop signal.
func (u uncounted) cut(late bool) drain.Cut {
	if late || !u.known {
		return drain.Cut{}
	}
	opens, err := conns.PassiveOpens()
	if err != nil {
		return drain.Cut{}
	}
	return drain.Cut{Known: true, Most: u.there + int(opens-u.opens)}
}

func (o *Observer) observe(begin time.Time) drain.Observed {
	o.mu.Lock()
	if o.counted.cuts != nil {
		o.counted.cuts.Looking()
	}
	o.mu.Unlock()
	opens, errOpens := conns.PassiveOpens()
	seen, err := o.watch.Look()
	arrived, counted := o.Arrivals.Since()
	took := time.Since(begin)
	if err != nil {
		o.once(func() { o.Log.Warn("connections not seen", "why", err, "effect", assumed, "remedy", remedyFor(err)) })
		return drain.Observed{Took: took}
	}
	if seen.Refused != nil {
		o.once(func() {
			o.Log.Warn("connections seen in part", "why", seen.Refused, "effect", undecided, "remedy", remedyFor(seen.Refused))
		})
	}
	o.mu.Lock()
	o.counted.inFlight = o.watch.InFlight()
	o.counted.last = uncounted{errOpens == nil && len(o.watch.Ports) > 0, seen.InFlight + seen.Idle + seen.Undecided + seen.Unaccepted, opens}
	o.mu.Unlock()
	if seen.Gone > 0 || !counted {
		seen.Quiet = 0
	}
	return drain.Observed{
		Known:   true,
		Settled: len(o.watch.Ports) == 0,
		Connections: drain.Connections{
			InFlight: seen.InFlight, Idle: seen.Idle, Undecided: seen.Undecided, Unaccepted: seen.Unaccepted,
		},
		Arrived: max(0, arrived, seen.New),
		Recount: max(0, -arrived),
		Quiet:   seen.Quiet,
		Took:    took,
	}
}

// What warnings say of connections that cannot be seen, and what helps.
const (
	assumed   = "requests are taken to be in flight where that is waited for"
	undecided = "an idle connection looks like one whose request is worked on: both are waited for where that is"
	allowed   = "let the container open NETLINK_SOCK_DIAG sockets; a seccomp filter or a sandbox does not"
	loaded    = "load the kernel's module on the node: modprobe tcp_diag"
)

// remedyFor says what helps where sock_diag(7) did not answer: ENOENT is a kernel that has
// it as a module, and has not loaded it.
func remedyFor(err error) string {
	if errors.Is(err, unix.ENOENT) {
		return loaded
	}
	return allowed
}

// once does what is to be said once.
func (o *Observer) once(say func()) {
	if !o.warned {
		o.warned = true
		say()
	}
}
