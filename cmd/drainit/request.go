package main

import (
	"syscall"
	"time"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

func (s *supervisor) isStopRequest(sig syscall.Signal) bool {
	if s.ended { // nothing is running that could be asked
		return sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.Signal(s.machine.Record().Request)
	}
	f := signals.Facts{Map: s.cfg.Map, Terminal: s.child.terminal, SharesForeground: s.child.sharesForeground()}
	if s.cfg.StopOn.AsksProgram(sig, f.Terminal) {
		f.Root = s.lookFor(sig, lookPatience)
		f.Target = signals.Running(f.Root)
	}
	return s.cfg.StopOn.Contains(sig, f)
}

const (
	// A process that blocks a signal may mean to read it (signalfd(2)), or may
	// be a shell about to fork, for some microseconds: look again.
	blockedLooks = 2
	blockedPause = 3 * time.Millisecond
)

// lookFor looks at the child to decide about sig.
func (s *supervisor) lookFor(sig syscall.Signal, patience time.Duration) signals.Process {
	root := s.host.lookAt(s.child.pid, patience)
	for i := 0; i < blockedLooks && root.Blocked.Has(sig) && !root.Caught.Has(sig); i++ {
		time.Sleep(blockedPause)
		root = s.host.lookAt(s.child.pid, patience)
	}
	return root
}

// facts are only looked up for the first stop request.
func (s *supervisor) facts() drain.Facts {
	if s.machine.State() != drain.Running {
		return drain.Facts{}
	}
	s.gate.StopRequested()
	h := s.gate.History()
	return drain.Facts{
		CheckConfigured: len(s.cfg.Ports) > 0 || s.cfg.ReadyCheck != nil || s.proxy != nil && !s.cfg.PortsNone,
		CheckAsked:      h.Asked,
		EverReady:       h.EverReady,
		RedInARow:       h.RedInARow,
		Listening:       s.lookForListeners(),
		ArrivalRate:     s.evidence.arrivalRate(),
	}
}

// lookForListeners looks only where the answer can matter: the rule is about a
// hold that a default gave.
func (s *supervisor) lookForListeners() drain.Answer {
	if s.cfg.Plan.Delay == 0 || s.cfg.Plan.DelayGiven {
		return drain.Unknown
	}
	return s.listening()
}
