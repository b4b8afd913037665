package main

import (
	"errors"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

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
		go s.hangup()
	}
}

// sendStop sends a step of the stop signal's schedule.
func (s *supervisor) sendStop(step int) {
	if step == 0 {
		s.evidence.stopping()
		s.sendFirst()
		return
	}
	if step > len(s.target.Next) || s.wrapped.targetGone {
		return // auto's, of a program that has no fast signal or is gone
	}
	sig := s.target.Next[step-1]
	if !s.deliver(s.target.PID, sig) {
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

// aim looks for the program and decides who gets which signal.
func (s *supervisor) aim(request syscall.Signal, patience time.Duration) (target signals.Target, name string) {
	root := s.lookFor(syscall.SIGTERM, patience) // which a shell must not catch to be looked through
	target = s.cfg.StopSignal.Resolve(root, request)
	name = programName(root, target)
	if s.cfg.Group {
		target.PID, target.Wrappers = s.addressee(), nil
	}
	return target, name
}

// send signals the target unless it has gone: looking took a while, and the PID
// of what is no child of ours may be a stranger's by now.
func (s *supervisor) send(t signals.Target) error {
	if n := len(t.Wrappers); n > 0 && !s.host.isChild(t.PID, t.Wrappers[n-1]) {
		return syscall.ESRCH
	}
	if t.Signal == 0 {
		return nil
	}
	return s.host.kill(t.PID, t.Signal)
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

// stop sends a signal that ends the process, which may be none, and has it act
// on it even where it is stopped.
func (s *supervisor) stop(pid int, sig syscall.Signal) {
	if sig != 0 && s.deliver(pid, sig) {
		s.count(s.forwarded, sig)
	}
	_ = s.host.kill(pid, syscall.SIGCONT)
}

// wrapperPatience is how long a wrapper (a shell, npm) whose program has gone
// may take to end by itself, with the program's exit status or its own, before
// it gets SIGTERM too. One that would start the program again is told.
const wrapperPatience = 500 * time.Millisecond

// wrapped are the wrappers around the process that got the stop signal. None
// but the outermost is a child of ours, so that its PID may be a stranger's as
// soon as it has gone.
type wrapped struct {
	left       []int // outermost first
	due        bool  // the innermost has had its patience
	targetGone bool  // the process inside is gone, and its PID no longer its own
}

// unwrap is told that a watched process has gone: it is the turn of the wrapper
// around it, after a moment.
func (s *supervisor) unwrap(pid int) {
	n := len(s.wrapped.left)
	s.wrapped.targetGone = true
	if n == 0 || s.ended {
		return
	}
	if !s.wrapped.due {
		s.wrapped.due = true
		go func() {
			time.Sleep(wrapperPatience)
			s.gone <- pid
		}()
		return
	}
	wrapper := s.wrapped.left[n-1]
	s.wrapped.left, s.wrapped.due = s.wrapped.left[:n-1], false
	if len(s.wrapped.left) == 0 {
		s.stop(wrapper, s.gracefulFor(wrapper))
		return
	}
	if outer := s.wrapped.left[n-2]; s.host.isChild(wrapper, outer) {
		s.stop(wrapper, s.gracefulFor(wrapper))
	}
	s.host.watch(wrapper, s.gone)
}

// killAll sends SIGKILL to everything drainit answers for.
//
// The child and its group are named as well as found. Until the child is reaped
// both numbers are its own, and all of its group, which it was the first of,
// descends from it: only who is of its session can have joined (setpgid(2)).
// That reaches what there is to reach where /proc does not tell.
func (s *supervisor) killAll() {
	s.killed = true
	targets, known := s.host.children()
	if !s.ended {
		targets = append(targets, s.child.pid, -s.child.pid)
	}
	sent, err := s.host.killAll(targets)
	if err != nil && s.reach.err == nil {
		s.log.Error("SIGKILL not allowed", "error", err,
			"remedy", "the program runs as another user; add the capability CAP_KILL to the container")
	}
	s.reach = reach{sent: sent, known: known || s.host.init, err: err}
}

// reach is how far SIGKILL went.
type reach struct {
	sent  int   // children and groups that got it
	known bool  // what there is to kill was known
	err   error // of the last that did not get it
}

// sweep gives every leftover that has not had it the signal that is graceful
// for its program. Leftovers of leftovers become ours as those end.
func (s *supervisor) sweep() {
	children := s.countLeftovers()
	for _, pid := range children {
		if s.swept[pid] {
			continue
		}
		s.swept[pid] = true
		s.stop(pid, s.gracefulFor(pid))
	}
}

// gracefulFor returns the signal that is graceful for a process itself by now: a
// script that was a wrapper may have become the program (exec nginx).
func (s *supervisor) gracefulFor(pid int) syscall.Signal {
	root := s.host.lookAt(pid, lookPatience)
	root.Children = nil
	return signals.StopSignal{}.Resolve(root, syscall.SIGTERM).Signal
}

// killPatience bounds the killing of leftovers where drainit is not PID 1.
const killPatience = time.Second

// killLeftovers kills what the sweep has not ended, and what that leaves behind
// in turn. As PID 1 nothing needs waiting for: our exit kills the rest.
func (s *supervisor) killLeftovers() {
	s.countLeftovers()
	for until := time.Now().Add(killPatience); time.Now().Before(until); time.Sleep(time.Millisecond) {
		s.killAll()
		none := s.host.reap(func(int, unix.WaitStatus) {})
		if none || s.host.init {
			return
		}
		if !s.reach.known {
			break
		}
	}
	s.leftoversStay = true
	s.log.Warn("leftovers not killed", "why", s.whyNotKilled(),
		"remedy", "make drainit PID 1, whose end is theirs, or mount the container's own /proc")
}

func (s *supervisor) whyNotKilled() string {
	switch {
	case !s.reach.known:
		return "/proc does not tell which they are"
	case s.reach.err != nil:
		return s.reach.err.Error()
	}
	return "they survived SIGKILL"
}

// countLeftovers returns what is left after the child, and notes how many.
func (s *supervisor) countLeftovers() (pids []int) {
	pids, _ = s.host.children()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leftovers = len(pids)
	return pids
}
