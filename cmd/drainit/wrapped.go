package main

import (
	"time"
)

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
