package main

import (
	"errors"
	"syscall"

	"drainit/internal/signals"
)

// deliver sends a signal and says so where that is not allowed. That the
// process has gone meanwhile is news, and its exit tells it.
func (s *supervisor) deliver(pid int, sig syscall.Signal) bool {
	err := s.host.kill(pid, sig)
	s.explain(pid, sig, err)
	return err == nil
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
		return -s.child.pid
	}
	return s.child.pid
}

func (s *supervisor) forward(sig syscall.Signal) {
	to, ok := s.cfg.Map.Apply(sig)
	if ok && s.deliver(s.addressee(), to) {
		s.count(s.forwarded, to)
	}
	if ok && to == syscall.SIGHUP && !s.hungUp {
		s.hungUp = true
		go s.guarded(s.hangup)
	}
}

// stop sends a signal that ends the process, which may be none, and has it act
// on it even where it is stopped.
func (s *supervisor) stop(pid int, sig syscall.Signal) {
	if sig != 0 && s.deliver(pid, sig) {
		s.count(s.forwarded, sig)
	}
	_ = s.host.kill(pid, syscall.SIGCONT)
}
