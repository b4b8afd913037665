package main

import (
	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/probe"
	"drainit/internal/reaper"
)

// reap waits for all that has ended.
func (s *supervisor) reap() {
	childEnded := false
	var front unix.WaitStatus
	frontPID := s.front.pid
	var reaped probe.Reaped
	none := s.host.reap(func(pid int, ws unix.WaitStatus) {
		delete(s.swept, pid)
		delete(s.told, pid)
		if pid == s.child.pid && !s.ended {
			s.ended, childEnded, s.status = true, true, ws
			s.killedByOther = ws.Signaled() && ws.Signal() == unix.SIGKILL && !s.killed
			reaped.Child++
			return
		}
		if pid == frontPID { // never 0
			front, s.front.pid = ws, 0
			return
		}
		reaped.Orphan++
	})
	s.mu.Lock()
	s.reaped.Child += reaped.Child
	s.reaped.Orphan += reaped.Orphan
	s.mu.Unlock()
	if childEnded {
		var cut int
		var known bool
		s.guarded(func() { cut, known = s.cut() })
		goes := s.killed && s.host.init // with us, what is left
		s.step(drain.ChildExited{Status: s.exitStatus(), Left: s.anythingLeft(none) && !goes, CutKnown: known, Cut: cut})
	}
	if frontPID != s.front.pid {
		s.frontEnded(front)
	}
	switch {
	case childEnded:
	case none && s.ended:
		s.step(drain.NothingLeft{})
	case s.machine.State() == drain.Sweeping:
		s.sweep()
	}
	if s.machine.State() == drain.Killing && !none {
		s.killAll() // those whose parents died meanwhile
	}
}

// cut counts the requests that ended with the child, after the stop signal.
func (s *supervisor) cut() (requests int, known bool) {
	if s.machine.Record().StopAt.IsZero() {
		return 0, false
	}
	return s.evidence.cut()
}

// exitStatus is the child's, as far as --remap-exit lets it be.
func (s *supervisor) exitStatus() int {
	status := reaper.Status(s.status)
	if to, ok := s.cfg.RemapExit[status]; ok {
		return to
	}
	return status
}
