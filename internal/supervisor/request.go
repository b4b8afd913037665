package supervisor

import (
	"syscall"
	"time"

	"drainit/internal/drain"
	"drainit/internal/look"
	"drainit/internal/process"
	"drainit/internal/signals"
)

// arrival is a signal and the instant at which it was received: of the first stop
// request T0, however long it takes to tell that it is one.
type arrival struct {
	sig syscall.Signal
	at  time.Time
}

// judged is an arrival of which it is known what it is.
type judged struct {
	arrival
	isStop bool
	to     []signals.Target // who gets it, if it is passed on; nil: the child
}

// judging is about signals whose meaning depends on the program that runs. That
// is looked at beside the loop, for one of them at a time, and what arrives
// meanwhile keeps its place behind it; but for what is a stop request for sure,
// which waits for nobody's command line.
type judging struct {
	results  chan judged
	underway bool
	behind   []arrival
	passTo   []signals.Target // who gets the signal that is passed on now; nil: the child
	hungUp   bool             // it was said what a SIGHUP does
}

// signal is told of every signal but SIGCHLD.
func (s *supervisor) signal(sig syscall.Signal) {
	s.count(s.received, sig)
	if sig == syscall.SIGCONT {
		s.guarded(s.resume)
	}
	a := arrival{sig, time.Now()}
	if j := &s.judging; j.underway && !s.isStopForSure(sig) {
		if len(j.behind) < process.Queued {
			j.behind = append(j.behind, a)
		}
		return
	}
	s.judge(a)
}

// judge finds out what a signal is and who is to get it, at once or in a while.
func (s *supervisor) judge(a arrival) {
	asks := s.cfg.StopOn.AsksProgram(a.sig, s.child.Terminal)
	isStop := !asks && s.isStopForSure(a.sig)
	passed, looks := a.sig, false
	if !isStop && !s.end.ended {
		passed, looks = s.passedOn(a.sig, asks)
	}
	if s.end.ended || !asks && !looks {
		s.arrived(judged{arrival: a, isStop: isStop})
		return
	}
	decide := s.decider(a, asks, passed, looks)
	if p, ok := s.host.glance(s.child.PID); ok && (p.Caught.Has(a.sig) || !p.Blocked.Has(a.sig)) {
		s.arrived(decide(signals.Tree{Root: p}))
		return
	}
	s.judging.underway = true
	go func() {
		j := judged{arrival: a}
		s.guarded(func() { // a look that fails must not lose the signal
			j = decide(s.lookFor(s.child.PID, a.sig, look.Patience))
		})
		s.judging.results <- j
	}()
}

// decider returns what tells, for what is running, what an arrival is: whether it is a
// stop request if the program has a say in that, and who is to get it, as passed, if
// that is to be looked up.
func (s *supervisor) decider(a arrival, asks bool, passed syscall.Signal, looks bool) func(signals.Tree) judged {
	f := s.signalFacts()
	return func(running signals.Tree) judged {
		f.Tree = running
		j := judged{arrival: a, isStop: asks && s.cfg.StopOn.Contains(a.sig, f)}
		if looks && !j.isStop {
			j.to = signals.Forward(running, passed)
		}
		return j
	}
}

// passedOn returns what --map makes of a signal, and whether it has to be looked who
// gets that: not with --group, nor where the child catches it, unless everything is
// looked at anyhow.
func (s *supervisor) passedOn(sig syscall.Signal, anyhow bool) (to syscall.Signal, looks bool) {
	to, ok := s.cfg.Map.Apply(sig)
	return to, ok && !s.cfg.Group && (anyhow || !s.host.handles(s.child.PID, to))
}

// judgedNow is told what a signal is, and goes on with those behind it.
func (s *supervisor) judgedNow(j judged) {
	s.judging.underway = false
	if s.end.ended { // meanwhile
		j.isStop = s.isStopForSure(j.sig)
	}
	s.arrived(j)
	for len(s.judging.behind) > 0 && !s.judging.underway {
		next := s.judging.behind[0]
		s.judging.behind = s.judging.behind[1:]
		s.judge(next)
	}
}

// arrived tells the machine.
func (s *supervisor) arrived(j judged) {
	switch {
	case j.isStop:
		s.step(drain.StopRequest{Signal: drain.Signal(j.sig), At: j.at, Checks: s.checks()})
	case signals.Forwardable(j.sig):
		s.judging.passTo = j.to
		s.step(drain.OtherSignal{Signal: drain.Signal(j.sig)})
	}
}

// isStopForSure reports whether sig is a stop request whatever is running.
func (s *supervisor) isStopForSure(sig syscall.Signal) bool {
	if s.end.ended { // nothing is running that could be asked
		return sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.Signal(s.machine.Record().Request)
	}
	f := s.signalFacts()
	return !s.cfg.StopOn.AsksProgram(sig, f.Terminal) && s.cfg.StopOn.Contains(sig, f)
}

// signalFacts is what bears on the meaning of a signal besides the program.
func (s *supervisor) signalFacts() signals.Facts {
	return signals.Facts{Map: s.cfg.Map, Terminal: s.child.Terminal, SharesForeground: s.child.SharesForeground()}
}

const (
	// A process that blocks a signal may mean to read it (signalfd(2)), or may
	// be a shell about to fork, for some microseconds: look again. A shell has all of
	// patience, since it waits in vfork(2) for a child that may get no processor time.
	blockedLooks = 2
	blockedPause = 3 * time.Millisecond
)

// lookFor looks at what descends from drainit to decide about sig, for no longer than
// patience. child is 0 where that has gone.
func (s *supervisor) lookFor(child int, sig syscall.Signal, patience time.Duration) signals.Tree {
	until := time.Now().Add(patience)
	tree := s.host.tree(child, patience)
	for i := 0; tree.Root.Blocked.Has(sig) && !tree.Root.Caught.Has(sig); i++ {
		if i >= blockedLooks && !(tree.Root.IsShell() && time.Now().Before(until)) {
			break
		}
		time.Sleep(blockedPause)
		tree = s.host.tree(child, time.Until(until))
	}
	return tree
}

// checks are only looked up for the first stop request.
func (s *supervisor) checks() drain.Checks {
	if s.machine.State() != drain.Running {
		return drain.Checks{}
	}
	s.gate.StopRequested()
	h := s.gate.History()
	return drain.Checks{
		Configured: len(s.cfg.Ports) > 0 || s.cfg.ReadyCheck != nil || s.front.proxy != nil && !s.cfg.PortsNone,
		Asked:      h.Asked,
		EverReady:  h.EverReady,
		RedInARow:  h.RedInARow,
	}
}

// hungUp is told that standard input has ended. That is a stop request of its own, beside
// every signal.
func (s *supervisor) hungUp() {
	s.inbox.hungUp = nil
	s.step(drain.StopRequest{Signal: drain.Hangup, At: time.Now(), Checks: s.checks()})
}

// request is the stop request as it counts, SIGTERM where that was no signal.
func (s *supervisor) request() syscall.Signal {
	if sig := s.machine.Record().Request; sig != 0 && sig != drain.Hangup {
		return syscall.Signal(sig)
	}
	return syscall.SIGTERM
}
