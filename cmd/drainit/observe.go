package main

import (
	"log/slog"
	"sync"
	"time"

	"drainit/internal/conns"
	"drainit/internal/drain"
)

// observer looks at the child's connections for the machine, one look at a
// time. It has seen nothing before its first look, and decides then which ports
// are the child's: a program that stops closes them.
type observer struct {
	ports    func() (list []uint16, known bool, detail string)
	arrivals *arrivals // nil: of no interest
	log      *slog.Logger

	watch  *conns.Watch // nil: ports are not known
	asked  bool         // for the ports
	warned bool         // that sock_diag was refused

	mu       sync.Mutex
	cuts     *conns.Cuts // nil: the kernel does not tell, or nobody has looked yet
	inFlight []uint64    // as last seen
}

// evidence is what the supervisor wants to know of connections: the seam at
// which a test can say what there is to see.
type evidence struct {
	look        func() drain.Observed             // in a goroutine of its own, one at a time
	arrivalRate func() float64                    // up to the stop request
	stopping    func()                            // the stop signal is about to be sent
	cut         func() (requests int, known bool) // since then, now that the child has gone
}

func noEvidence() evidence {
	return evidence{
		look:        func() drain.Observed { return drain.Observed{Settled: true} },
		arrivalRate: func() float64 { return 0 },
		stopping:    func() {},
		cut:         func() (int, bool) { return 0, false },
	}
}

func (o *observer) evidence() evidence {
	return evidence{look: o.look, arrivalRate: o.arrivals.rate, stopping: o.stopping, cut: o.cut}
}

// look takes as long as the kernel does. It never panics: it runs in a
// goroutine of its own, where that would end PID 1.
func (o *observer) look() (seen drain.Observed) {
	defer func() {
		if p := recover(); p != nil {
			o.log.Error("internal error, going on", "error", p)
			seen = drain.Observed{Settled: true}
		}
	}()
	if !o.asked {
		o.asked = true
		o.findPorts()
	}
	if o.watch == nil {
		return drain.Observed{Settled: true}
	}
	return o.observe(time.Now())
}

func (o *observer) findPorts() {
	ports, known, detail := o.ports()
	if !known {
		o.log.Warn("connections not seen", "why", detail, "effect", assumed, "remedy", "set --ports")
		return
	}
	o.watch = &conns.Watch{Ports: ports, Remember: o.arrivals != nil}
	if len(ports) == 0 {
		return
	}
	if cuts, err := conns.FollowCuts(ports); err == nil { // else the last look has to do
		o.mu.Lock()
		o.cuts = cuts
		o.mu.Unlock()
	}
}

// stopping has what ends from now on counted.
func (o *observer) stopping() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cuts != nil {
		o.cuts.Begin()
	}
}

// cutPatience bounds what counting may add to the end of a drain. Where processor
// time is short (cpu.max of cgroups(7)) asking the kernel once was seen to take
// 400 ms.
const cutPatience = 500 * time.Millisecond

// cut counts the requests that the child has cut. It waits for the kernel to
// tell, no longer than cutPatience.
func (o *observer) cut() (requests int, known bool) {
	o.mu.Lock()
	cuts, suspects := o.cuts, o.inFlight
	o.mu.Unlock()
	if cuts == nil {
		return 0, false
	}
	counted := make(chan int, 1)
	go func() {
		defer survive(o.log)
		n, known := cuts.Count(suspects)
		if !known {
			n = -1
		}
		counted <- n
	}()
	select {
	case n := <-counted:
		return max(n, 0), n >= 0
	case <-time.After(cutPatience):
		return 0, false
	}
}

func (o *observer) observe(begin time.Time) drain.Observed {
	o.mu.Lock()
	if o.cuts != nil {
		o.cuts.Looking()
	}
	o.mu.Unlock()
	seen, err := o.watch.Look()
	arrived, counted := o.arrivals.since()
	took := time.Since(begin)
	if err != nil {
		o.once(func() { o.log.Warn("connections not seen", "why", err, "effect", assumed, "remedy", allowed) })
		return drain.Observed{Took: took}
	}
	if seen.Refused != nil {
		o.once(func() {
			o.log.Warn("connections seen in part", "why", seen.Refused, "effect", undecided, "remedy", allowed)
		})
	}
	o.mu.Lock()
	o.inFlight = o.watch.InFlight()
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
		Arrived: max(arrived, seen.New),
		Quiet:   seen.Quiet,
		Took:    took,
	}
}

// What warnings say of connections that cannot be seen, and what helps.
const (
	assumed   = "requests are taken to be in flight where that is waited for"
	undecided = "an idle connection looks like one whose request is worked on: both are waited for where that is"
	allowed   = "let the container open NETLINK_SOCK_DIAG sockets; a seccomp filter or a sandbox does not"
)

// once does what is to be said once.
func (o *observer) once(say func()) {
	if !o.warned {
		o.warned = true
		say()
	}
}
