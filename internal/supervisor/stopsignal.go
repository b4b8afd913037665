package supervisor

import (
	"errors"
	"slices"
	"syscall"
	"time"

	"drainit/internal/drain"
	"drainit/internal/look"
	"drainit/internal/signals"
)

// sendStop sends a step of the stop signal's schedule.
func (s *supervisor) sendStop(step int) {
	if step == 0 {
		s.guarded(s.view.evidence.Stopping)
		s.sendFirst()
		return
	}
	s.tellPending() // it is late: they must not get both at once for the want of their own time
	for _, p := range s.delivery.told.programs {
		switch {
		case !p.told:
		case step <= len(p.Next):
			s.sendNext(p.Target, p.Next[step-1])
		default: // auto's, of a program that has no fast signal
			s.warnOfKill(p.Target)
		}
	}
}

func (s *supervisor) sendNext(t signals.Target, sig syscall.Signal) {
	t.Signal = sig
	if s.signalled(t) != nil {
		return
	}
	s.noteSent(t.PID, sig)
	s.log.Warn("next signal sent", "signal", signals.Name(sig), "program", t.Name, "pid", t.PID, "after", s.sinceStop())
}

// sendFirst decides by what is running now who is told what, and tells those whose
// turn it is: first who would go on, then the programs.
func (s *supervisor) sendFirst() {
	stop, err := s.tellFirst()
	target := stop.Program()
	s.explain(target.PID, target.Signal, err)
	if err != nil {
		target, stop.Wrappers, err = s.stopWrapper(target, stop.Wrappers, err)
		stop.Programs[0] = target
	}
	s.mu.Lock()
	s.target, s.program = target, target.Name
	s.mu.Unlock()
	s.delivery.reached = err == nil
	s.delivery.told.sent(target)
	if s.delivery.reached && target.Signal != 0 {
		s.count(s.forwarded, target.Signal)
	}
	if s.delivery.reached {
		s.noteSent(target.PID, target.Signal)
		_ = s.host.kill(target.PID, syscall.SIGCONT)
	}
	s.follow(stop)
	s.refused(target, err)
	s.tellPending()
}

// tellFirst tells those that would go on, and the first program.
func (s *supervisor) tellFirst() (stop signals.Stop, err error) {
	for range stopTries {
		var tree signals.Tree
		stop, tree = s.aim(s.childPID(), s.request(), look.StopPatience)
		s.delivery.told.serving(tree)
		if tree.Root.MasksUnknown && !s.end.ended {
			s.warnHidden() // it may have changed its user since the start
		}
		s.readOn(stop.Readers)
		for _, t := range stop.First {
			s.tell(t)
		}
		err = s.send(stop.Program())
		if len(stop.First) > 0 || !errors.Is(err, syscall.ESRCH) {
			break // else a script has gone on to its next command meanwhile
		}
	}
	return stop, err
}

// stopTries bounds how often the program is looked for again because it had gone
// by the time its signal was sent.
const stopTries = 3

// aim decides who is told what: the child, as if nothing were known of it, where
// looking fails. child is 0 where that has gone. It may be called beside the loop.
func (s *supervisor) aim(child int, request syscall.Signal, patience time.Duration) (stop signals.Stop, tree signals.Tree) {
	stop = s.cfg.StopSignal.Resolve(signals.Tree{Root: signals.Process{PID: child, MasksUnknown: true}}, request)
	s.guarded(func() {
		tree = s.lookFor(child, syscall.SIGTERM, patience) // which a shell must not catch to be ended by it
		stop = s.cfg.StopSignal.Resolve(tree, request)
	})
	if s.cfg.Group && child != 0 {
		stop = stop.OfGroup(child)
	}
	return stop, tree
}

// send signals the target unless it has gone: looking took a while, and the PID
// of what is no child of ours may be a stranger's by now. Who its parent is does not
// tell: that may have been told just before, and then whoever is the nearest subreaper
// has it, which need not be drainit (tini -s). Of a group it is noted who is in it,
// before: what is forked later has not had the signal.
func (s *supervisor) send(t signals.Target) error {
	if t.PID == 0 {
		return syscall.ESRCH // nobody is left; 0 would be drainit's own group
	}
	if t.Parent != 0 && !s.host.isStill(t.PID, t.Began) {
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
		s.delivery.told.group(pid, t.Signal)
	}
	return err
}

// tell sends a target its signal, has it act on that even where it is stopped
// (signal(7)), and says so.
func (s *supervisor) tell(t signals.Target) {
	err := s.signalled(t)
	s.delivery.told.sent(t)
	if err != nil {
		s.refused(t, err)
		return
	}
	if t.Signal == syscall.SIGSTOP {
		s.guarded(func() { s.host.stopped(t.PID) })
		s.log.Info("suspended", "program", t.Name, "pid", t.PID, "why", t.Why, "after", s.sinceStop())
		return
	}
	s.noteSent(t.PID, t.Signal)
	_ = s.host.kill(t.PID, syscall.SIGCONT)
	defer s.refused(t, nil)
	s.log.Info("stop signal sent", slices.Concat([]any{"signal", signalName(t.Signal), "program", t.Name, "pid", t.PID},
		whyOf(t), []any{"after", s.sinceStop()})...)
}

// refused has nobody wait without end for a program that ignores its signal, or may not
// be signalled: where no deadline is known that would be until the platform's SIGKILL.
func (s *supervisor) refused(t signals.Target, err error) {
	ignores := t.Response == signals.Ignores && t.PID != s.child.PID
	if s.machine.Plan().Deadline != 0 || !errors.Is(err, syscall.EPERM) && !ignores {
		return
	}
	s.delivery.told.refused(t.PID)
	s.after(0, func() {
		if s.stopping() && len(s.delivery.told.programs) == 0 {
			s.programGone()
		}
	})
}

// stopWrapper sends SIGTERM to the wrappers of a program that could not be
// signalled (another user's), the innermost first, until one can be. It returns
// who got it, now the target, with the wrappers that are left, or the target as it
// was and the last error.
func (s *supervisor) stopWrapper(target signals.Target, wrappers []int, err error) (signals.Target, []int, error) {
	for i := len(wrappers) - 1; i >= 0; i-- {
		pid := wrappers[i]
		if err = s.host.kill(pid, syscall.SIGTERM); err == nil {
			return signals.Target{PID: pid, Name: target.Name, Program: target.Program, Signal: syscall.SIGTERM,
				Why: "its program could not be signalled"}, wrappers[:i], nil
		}
		s.explain(pid, syscall.SIGTERM, err)
	}
	return target, wrappers, err
}

// sent is a signal that a stop sent to somebody.
type sent struct {
	pid    int
	signal syscall.Signal
	at     time.Time
}

func (s *supervisor) noteSent(pid int, sig syscall.Signal) {
	s.delivery.sent = append(s.delivery.sent, sent{pid, sig, time.Now()})
}

// sentTo returns what was sent to some processes, or groups.
func (s *supervisor) sentTo(pids ...int) (list []sent) {
	for _, one := range s.delivery.sent {
		if slices.Contains(pids, one.pid) {
			list = append(list, one)
		}
	}
	return list
}

// reserveBegins returns how long it is until those that wait for others are told all
// the same, and whether there is an end to that: when the reserve begins, or, where
// the stop signal came later, half-way to the deadline.
func (s *supervisor) reserveBegins() (in time.Duration, ok bool) {
	plan := s.machine.Plan()
	if plan.Deadline == 0 {
		return 0, false
	}
	left := plan.Deadline - s.sinceStop()
	if in = left - plan.Reserve; in <= 0 {
		in = left / 2
	}
	return in, in > 0
}

// childPID is the child's PID, 0 when it has gone.
func (s *supervisor) childPID() int {
	if s.end.ended {
		return 0
	}
	return s.child.PID
}

// stopping reports whether a drain goes on that has not come to its deadline.
func (s *supervisor) stopping() bool {
	state := s.machine.State()
	return state == drain.Draining || state == drain.Stopping
}
