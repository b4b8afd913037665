package main

import (
	"log/slog"
	"maps"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/probe"
	"drainit/internal/signals"
)

// supervisor drives the machine: it turns signals and exits into events and
// does what the machine says. It has one loop; everything that the probe
// server reads meanwhile is behind mu.
type supervisor struct {
	cfg     config
	child   child
	started time.Time
	host    host
	log     *slog.Logger
	gate    *probe.Gate
	signals <-chan os.Signal
	sigchld <-chan os.Signal
	gone    chan int            // watched processes that are gone
	seen    chan drain.Observed // by the look under way
	wrapped wrapped
	actions actions

	// listening says whether anything but drainit can be reached from outside.
	listening func() drain.Answer

	evidence evidence
	front    fronting
	proxy    *frontProcess // what front speaks to; nil: there is none
	peers    podPeers
	said     map[string]bool // warnings about peers

	oomBefore     int                      // out-of-memory kills when the child started
	frontToEnd    bool                     // the front was told to end
	killed        bool                     // SIGKILL was sent by this process
	reach         reach                    // and so far it went, the last time
	leftoversStay bool                     // it did not end what the sweep had left
	killedByOther bool                     // the child was ended by a SIGKILL that was not
	stopSent      bool                     // to its target, rather than refused
	sent          []sent                   // of the stop signal's schedule
	hungUp        bool                     // it was said what a SIGHUP does
	swept         map[int]bool             // leftovers that got their signal
	told          map[int][]syscall.Signal // who got which as one of the group
	ended         bool                     // the child is gone
	status        unix.WaitStatus          // the child's
	exit          func(code int)           // set by run: leaves the loop

	mu        sync.Mutex
	machine   *drain.Machine
	target    signals.Target // of the stop signal, once sent
	program   string         // its name
	received  map[string]uint64
	forwarded map[string]uint64
	reaped    probe.Reaped
	leftovers int
}

func newSupervisor(cfg config, c child, h host, log *slog.Logger, gate *probe.Gate, r received) *supervisor {
	return &supervisor{
		cfg: cfg, child: c, host: h, log: log, gate: gate,
		started: time.Now(),
		signals: r.signals, sigchld: r.child,
		gone:      make(chan int),
		seen:      make(chan drain.Observed, 1),
		listening: func() drain.Answer { return drain.Unknown },
		evidence:  noEvidence(),
		front:     noFront(),
		peers:     noPeers(),
		said:      map[string]bool{},
		swept:     map[int]bool{},
		told:      map[int][]syscall.Signal{},
		actions:   newActions(cfg),
		machine:   drain.New(cfg.Plan),
		received:  map[string]uint64{},
		forwarded: map[string]uint64{},
	}
}

// run supervises until the end and returns the status to leave with. It must
// stay on the thread that forked the child.
func (s *supervisor) run() int {
	code, over := 0, false
	s.exit = func(c int) { code, over = c, true }
	wake := time.NewTimer(0)
	s.guarded(s.reap) // the child may have ended before SIGCHLD was listened to
	for !over {
		wake.Stop()
		if at, ok := s.machine.Wake(); ok {
			wake.Reset(time.Until(at))
		}
		s.wait(wake.C)
	}
	return code
}

// wait waits for one event and handles it. Of several that are there at once,
// after a freeze say, the child's end comes first: what is due for the child must
// not be done to one that has gone before.
func (s *supervisor) wait(wake <-chan time.Time) {
	defer survive(s.log)
	handle := s.next(wake)
	if !s.ended && s.machine.State() < drain.Killing {
		s.guarded(s.reap)
	}
	handle()
}

// next waits for one event and returns what handles it.
func (s *supervisor) next(wake <-chan time.Time) (handle func()) {
	select {
	case sig := <-s.signals:
		return func() { s.signal(sig.(syscall.Signal)) }
	case <-s.sigchld:
		return s.reap
	case pid := <-s.gone:
		return func() { s.unwrap(pid) }
	case o := <-s.actions.results:
		return func() { s.outcome(o) }
	case seen := <-s.seen:
		return func() { s.step(seen) }
	case <-s.front.idle:
		return func() { s.step(drain.FrontIdle{}) }
	case news := <-s.peers.news:
		return func() { s.heard(news) }
	case <-wake:
		return func() { s.step(drain.Woken{}) }
	}
}

// signal is told of every signal but SIGCHLD. A look that fails must not lose it.
func (s *supervisor) signal(sig syscall.Signal) {
	s.count(s.received, sig)
	var isStop bool
	s.guarded(func() { isStop = s.isStopRequest(sig) })
	switch {
	case isStop:
		var facts drain.Facts
		s.guarded(func() { facts = s.facts() })
		s.step(drain.StopRequest{Signal: drain.Signal(sig), Facts: facts})
	case signals.Forwardable(sig):
		s.step(drain.OtherSignal{Signal: drain.Signal(sig)})
	}
}

// step feeds the machine and does what it says: each for itself, since the
// machine says nothing twice, the exit included.
func (s *supervisor) step(e drain.Event) {
	for _, a := range s.decide(e) {
		s.guarded(func() { s.do(a) })
	}
}

func (s *supervisor) decide(e drain.Event) []drain.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.machine.Step(time.Now(), e)
}

// do does one thing the machine wants. Nothing here is fatal.
func (s *supervisor) do(a drain.Action) {
	switch a := a.(type) {
	case drain.Unready:
		s.gate.SetUnready("stop requested")
	case drain.Look:
		go func() { s.seen <- s.evidence.look() }() // the machine has one look at a time
	case drain.Meet:
		s.peers.meet(s.cfg.Plan.Before)
	case drain.Front:
		s.tellFront(a.Do)
	case drain.Act:
		s.act(a)
	case drain.Skip:
		s.skip(a)
	case drain.Forward:
		s.forward(syscall.Signal(a.Signal))
	case drain.StopSignal:
		s.sendStop(a.Step)
	case drain.Kill:
		s.killAll()
	case drain.Sweep:
		s.sweep()
	case drain.KillLeftovers:
		s.killLeftovers()
	case drain.Enter:
		s.peers.say(a.State.String())
		s.entered(a)
	case drain.Progress:
		s.progress(a.WaitingFor)
	case drain.Exit:
		s.exit(a.Status)
		s.peers.leave(a.Status)
	}
}

func (s *supervisor) count(m map[string]uint64, sig syscall.Signal) {
	s.mu.Lock()
	m[signals.Name(sig)]++
	s.mu.Unlock()
}

// counts returns copies for the probe server.
func (s *supervisor) counts() probe.Signals {
	return probe.Signals{Received: maps.Clone(s.received), Forwarded: maps.Clone(s.forwarded)}
}

// sinceStop is the time since the stop request, 0 before it.
func (s *supervisor) sinceStop() time.Duration {
	t0 := s.machine.Record().T0
	if t0.IsZero() {
		return 0
	}
	return time.Since(t0)
}
