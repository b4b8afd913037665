package main

import (
	"errors"
	"syscall"
	"time"

	"drainit/internal/signals"
)

// sendStop sends a step of the stop signal's schedule.
func (s *supervisor) sendStop(step int) {
	if step == 0 {
		s.guarded(s.evidence.stopping)
		s.sendFirst()
		return
	}
	if step > len(s.target.Next) || s.wrapped.targetGone {
		return // auto's, of a program that has no fast signal or is gone
	}
	sig := s.target.Next[step-1]
	err := s.send(signals.Target{PID: s.target.PID, Signal: sig})
	s.explain(s.target.PID, sig, err)
	if err != nil {
		return
	}
	s.count(s.forwarded, sig)
	s.noteSent(sig)
	s.log.Warn("next signal sent", "signal", signals.Name(sig), "program", s.program, "pid", s.target.PID, "after", s.sinceStop())
}

// sendFirst decides by what is running now who gets which signal. SIGCONT
// follows, since a stopped process acts on no other (signal(7)).
func (s *supervisor) sendFirst() {
	request := syscall.Signal(s.machine.Record().Request)
	var target signals.Target
	var name string
	err := error(syscall.ESRCH)
	for range stopTries {
		target, name = s.aim(request, stopPatience)
		if err = s.send(target); !errors.Is(err, syscall.ESRCH) {
			break // else a script has gone on to its next command meanwhile
		}
	}
	s.explain(target.PID, target.Signal, err)
	if err != nil {
		target, err = s.stopWrapper(target, err)
	}
	s.mu.Lock()
	s.target, s.program = target, name
	s.mu.Unlock()
	s.stopSent = err == nil
	s.swept[target.PID] = true // never the same signal twice: some take it for "now"
	if s.stopSent && target.Signal != 0 {
		s.count(s.forwarded, target.Signal)
	}
	if s.stopSent {
		s.noteSent(target.Signal)
	}
	_ = s.host.kill(target.PID, syscall.SIGCONT)
	if len(target.Wrappers) > 0 {
		s.wrapped = wrapped{left: target.Wrappers}
		s.host.watch(target.PID, s.gone)
	}
}

// stopTries bounds how often the program is looked for again because it had gone
// by the time its signal was sent.
const stopTries = 3

// aim looks for the program and decides who gets which signal: the child, as if
// nothing were known of it, where that fails.
func (s *supervisor) aim(request syscall.Signal, patience time.Duration) (target signals.Target, name string) {
	target = s.cfg.StopSignal.Resolve(signals.Process{PID: s.child.pid, MasksUnknown: true}, request)
	s.guarded(func() {
		root := s.lookFor(syscall.SIGTERM, patience) // which a shell must not catch to be looked through
		seen := s.cfg.StopSignal.Resolve(root, request)
		target, name = seen, programName(root, seen)
	})
	if s.cfg.Group {
		target.PID, target.Wrappers = s.addressee(), nil
	}
	return target, name
}

// send signals the target unless it has gone: looking took a while, and the PID
// of what is no child of ours may be a stranger's by now. Of a group it is noted
// who is in it, before: what is forked later has not had the signal.
func (s *supervisor) send(t signals.Target) error {
	if n := len(t.Wrappers); n > 0 && !s.host.isChild(t.PID, t.Wrappers[n-1]) {
		return syscall.ESRCH
	}
	if t.Signal == 0 {
		return nil
	}
	var members []int
	if t.PID < 0 {
		s.guarded(func() { members = s.host.group(-t.PID) })
	}
	err := s.host.kill(t.PID, t.Signal)
	for _, pid := range members {
		s.told[pid] = append(s.told[pid], t.Signal)
	}
	return err
}

// stopWrapper sends SIGTERM to the wrappers of a program that could not be
// signalled (another user's), the innermost first, until one can be. It returns
// who got it, now the target, or the target as it was and the last error.
func (s *supervisor) stopWrapper(target signals.Target, err error) (signals.Target, error) {
	for i := len(target.Wrappers) - 1; i >= 0; i-- {
		pid := target.Wrappers[i]
		if err = s.host.kill(pid, syscall.SIGTERM); err == nil {
			return signals.Target{PID: pid, Program: target.Program, Wrappers: target.Wrappers[:i], Signal: syscall.SIGTERM,
				Why: "its program could not be signalled"}, nil
		}
		s.explain(pid, syscall.SIGTERM, err)
	}
	return target, err
}

// sent is a signal of the stop signal's schedule that was sent.
type sent struct {
	signal syscall.Signal
	at     time.Time
}

func (s *supervisor) noteSent(sig syscall.Signal) {
	s.sent = append(s.sent, sent{sig, time.Now()})
}
