package supervisor

import (
	"slices"
	"syscall"
	"time"

	"drainit/internal/signals"
)

// wrapperPatience is how long a wrapper (npm, timeout) whose program has gone may
// take to end by itself, with the program's exit status or its own, before it gets
// SIGTERM too, and who reads what another wrote, when that has gone. One that would
// start the program again is told.
const wrapperPatience = 500 * time.Millisecond

// wrapped are the wrappers around the first program that got the stop signal. None
// but the outermost is a child of ours, so that its PID may be a stranger's as soon
// as it has gone.
type wrapped struct {
	left  []int // outermost first
	ended int   // the one that was told, whose end is the next one's turn; 0: none
}

// follow has the ends of the programs noticed that a stop is about, and of those
// that wait for them.
func (s *supervisor) follow(stop signals.Stop) {
	s.delivery.told.held, s.delivery.told.last = stop.Held, stop.Last
	s.delivery.wrapped = wrapped{left: stop.Wrappers}
	for _, t := range stop.Programs {
		s.delivery.told.passedOn = s.delivery.told.passedOn || t.PassesOn
		s.delivery.told.programs = append(s.delivery.told.programs, program{Target: t, told: s.delivery.told.all[t.PID]})
		if t.PID != s.child.PID && t.PID > 0 {
			s.host.watch(t.PID, s.inbox.gone)
		}
	}
	if in, ok := s.reserveBegins(); ok && slices.ContainsFunc(s.delivery.told.programs, func(p program) bool { return !p.told }) {
		s.after(in, s.hurry)
	}
}

// watchedGone is told that a process has gone that was watched.
func (s *supervisor) watchedGone(pid int) {
	switch {
	case s.delivery.told.gone(pid):
		s.programGone()
	case pid == s.delivery.wrapped.ended:
		s.after(wrapperPatience, s.unwrap)
	}
}

// programGone is told that one of the programs has gone: it is the turn of those
// that waited for it, and in the end of what is around them.
func (s *supervisor) programGone() {
	s.tellPending()
	if len(s.delivery.told.programs) > 0 {
		return
	}
	for _, t := range s.delivery.told.held {
		s.tell(t)
		s.resumeAround(t)
		if len(t.Around) > 0 && t.Around[0] == s.child.PID {
			s.delivery.wrapped.left = t.Around // script(1) misses that it ended where it was continued just before
		}
	}
	s.delivery.told.held = nil
	switch last := s.delivery.told.last; {
	case s.end.ended:
		s.programEnded()
	case last.PID != 0:
		s.delivery.told.last = signals.Target{}
		s.tell(last)
	case len(s.delivery.wrapped.left) > 0:
		s.after(wrapperPatience, s.unwrap)
	}
}

// resumeAround has what is around somebody go on that was suspended: some suspend themselves
// when their child is (su, script, sudo). That is after it was told, for they resume it
// in turn.
func (s *supervisor) resumeAround(t signals.Target) {
	inner := t.PID
	for _, pid := range slices.Backward(t.Around) {
		if s.host.isChild(inner, pid) {
			_ = s.host.kill(pid, syscall.SIGCONT)
		}
		inner = pid
	}
}

// tellPending tells the programs whose turn it is.
func (s *supervisor) tellPending() {
	for _, t := range s.delivery.told.next(false) {
		s.tell(t)
	}
}

// hurry is due when the reserve begins: who still waits for others is told.
func (s *supervisor) hurry() {
	if !s.stopping() {
		return
	}
	for _, t := range s.delivery.told.next(true) {
		s.tell(t)
	}
}

// unwrap tells the innermost wrapper, which has had its patience.
func (s *supervisor) unwrap() {
	n := len(s.delivery.wrapped.left)
	if n == 0 || s.end.ended {
		return
	}
	wrapper := s.delivery.wrapped.left[n-1]
	s.delivery.wrapped.left = s.delivery.wrapped.left[:n-1]
	if len(s.delivery.wrapped.left) == 0 {
		s.stop(wrapper, s.gracefulFor(wrapper))
		return
	}
	if outer := s.delivery.wrapped.left[n-2]; s.host.isChild(wrapper, outer) {
		s.stop(wrapper, s.gracefulFor(wrapper))
	}
	s.delivery.wrapped.ended = wrapper
	s.host.watch(wrapper, s.inbox.gone)
}

// after has the loop do something later. Nothing is done once the loop has ended.
func (s *supervisor) after(d time.Duration, do func()) {
	go func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-s.inbox.over:
			return
		}
		select {
		case s.inbox.later <- do:
		case <-s.inbox.over:
		}
	}()
}
