package supervisor

import (
	"errors"
	"syscall"

	"drainit/internal/look"
	"drainit/internal/signals"
)

// deliver sends a signal and says so where that is not allowed. That the
// process has gone meanwhile is news, and its exit tells it.
func (s *supervisor) deliver(pid int, sig syscall.Signal) bool {
	err := s.host.kill(pid, sig)
	s.explain(pid, sig, err)
	return err == nil
}

// signalled sends a target its signal, counts it, and says so where that is not allowed.
func (s *supervisor) signalled(t signals.Target) error {
	err := s.send(t)
	s.explain(t.PID, t.Signal, err)
	if err == nil {
		s.count(s.forwarded, t.Signal)
	}
	return err
}

func (s *supervisor) explain(pid int, sig syscall.Signal, err error) {
	switch {
	case err == nil:
	case errors.Is(err, syscall.EPERM):
		s.log.Error("signal not allowed", "signal", signals.Name(sig), "pid", pid,
			"remedy", "the program runs as another user; add the capability CAP_KILL to the container")
	case !errors.Is(err, syscall.ESRCH):
		s.log.Error("signal not sent", "signal", signals.Name(sig), "pid", pid, "error", err)
	}
}

// addressee is who signals go to: the child, or with --group all of its group,
// which has the child's PID and so is never 0 or 1.
func (s *supervisor) addressee() int {
	if s.cfg.Group {
		return -s.child.PID
	}
	return s.child.PID
}

// forward passes a signal on that is not a stop request, as --map has it.
func (s *supervisor) forward(sig syscall.Signal) {
	to, ok := s.cfg.Map.Apply(sig)
	if !ok {
		return
	}
	for _, t := range s.forwardTo() {
		if to == syscall.SIGCONT && s.delivery.told.holds(t.PID) {
			continue
		}
		t.Signal = to
		_ = s.signalled(t)
		if to == syscall.SIGHUP && !s.judging.hungUp {
			s.judging.hungUp = true
			go s.guarded(func() { s.noteReload(s.host.lookAt(t.PID, look.Patience)) })
		}
	}
}

// forwardTo returns who gets a signal that is passed on: whom the rule names, with
// --group all of the group, and after the child's exit what serves still.
func (s *supervisor) forwardTo() (to []signals.Target) {
	switch {
	case s.end.ended:
		for _, p := range s.delivery.told.programs {
			to = append(to, p.Target)
		}
		return to
	case s.judging.passTo != nil && !s.cfg.Group:
		return s.judging.passTo
	}
	return []signals.Target{{PID: s.addressee()}}
}

// stop sends a signal that ends the process, which may be none, and has it act
// on it even where it is stopped.
func (s *supervisor) stop(pid int, sig syscall.Signal) {
	if sig != 0 && s.deliver(pid, sig) {
		s.count(s.forwarded, sig)
	}
	_ = s.host.kill(pid, syscall.SIGCONT)
}
