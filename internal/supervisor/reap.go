package supervisor

import (
	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/probe"
	"drainit/internal/reaper"
)

// reap waits for all that has ended.
func (s *supervisor) reap() {
	childEnded := false
	alone := s.oomAlone()
	killed := 0 // by somebody else
	var front unix.WaitStatus
	frontPID := s.front.PID
	var reaped probe.Reaped
	programGone := false
	none := s.host.reap(func(pid int, ws unix.WaitStatus) {
		byOther := ws.Signaled() && ws.Signal() == unix.SIGKILL && !s.end.killed
		if byOther {
			killed++
		}
		if s.own.Reaped(pid) {
			return
		}
		programGone = s.delivery.told.gone(pid) || programGone
		if pid == s.child.PID && !s.end.ended {
			s.end.ended, childEnded, s.end.status = true, true, ws
			s.end.killedByOther = byOther
			reaped.Child++
			return
		}
		if pid == frontPID { // never 0
			front, s.front.PID = ws, 0
			return
		}
		reaped.Orphan++
	})
	s.mu.Lock()
	s.reaped.Child += reaped.Child
	s.reaped.Orphan += reaped.Orphan
	s.mu.Unlock()
	var oom oomVerdict
	if killed > 0 {
		s.guarded(func() { oom = s.end.oom.look(s.host.oomKills, killed, alone) })
	}
	if childEnded {
		s.end.oomDeath = oom
		s.childEnded(none)
	}
	if programGone && !childEnded {
		s.programGone()
	}
	if frontPID != s.front.PID {
		s.frontEnded(front, oom)
	}
	switch {
	case childEnded:
	case s.end.ended && s.noneButHelpers(none):
		s.countCut(false)
		s.step(drain.NothingLeft{})
	case s.machine.State() == drain.Sweeping:
		s.sweep()
	}
	if s.machine.State() == drain.Killing && !none {
		s.killAll() // those whose parents died meanwhile
	}
}

// noneButHelpers reports whether no child is left but helpers, for whom nothing waits.
func (s *supervisor) noneButHelpers(none bool) bool {
	if none || s.own.Count() == 0 {
		return none
	}
	pids, known := s.host.children()
	return known && len(s.own.Without(pids)) == 0
}

// childEnded tells the machine that the child has, and what there is after it.
func (s *supervisor) childEnded(none bool) {
	s.guarded(s.noteNeverListened)
	left := s.anythingLeft(none)
	e := drain.ChildExited{Status: s.exitStatus()}
	if left {
		s.guarded(func() { e.Serves = s.serveStill() })
	}
	goes := !e.Serves && s.goesWithUs(left)
	e.Left = left && !(goes && s.end.killed)
	s.countAfter(left, goes)
	if to, ok := s.cfg.RemapExit[config.CleanStatus]; ok && !goes && s.endedAsTold() {
		e.Clean = &to
	}
	s.step(e)
	s.tellPending() // whose turn it is by the child's end
}

// programEnded tells the machine that what served after the child's end has gone.
func (s *supervisor) programEnded() {
	serve := false
	s.guarded(func() { serve = s.serveStill() }) // by what one of them left behind in turn
	if serve {
		return
	}
	pids, known := s.host.children()
	left := !known || len(s.others(pids)) > 0
	s.countAfter(left, s.goesWithUs(left))
	s.step(drain.ProgramGone{Left: left})
}

// goesWithUs reports whether what is left ends with drainit, straight away.
func (s *supervisor) goesWithUs(left bool) bool {
	goes := left && s.host.init && (s.end.killed || s.cfg.Plan.Sweep == 0)
	s.end.sweptByExit = goes && !s.end.killed
	return goes
}

// countAfter counts what the program has cut once nothing is left that may still
// answer, or is about to be killed.
func (s *supervisor) countAfter(left, goes bool) {
	if !left || goes {
		s.countCut(goes)
	} else {
		s.countSoFar()
	}
}

// countCut tells the machine how many requests were cut, once.
func (s *supervisor) countCut(doomed bool) {
	if !s.end.counted && !s.machine.Record().T0.IsZero() {
		s.end.counted = true
		s.guarded(func() { s.noteCut(s.view.evidence.Cut(doomed)) })
	}
}

// countSoFar is for those who look while leftovers are there: at most those are cut,
// too, that a leftover may still answer.
func (s *supervisor) countSoFar() {
	if !s.machine.Record().T0.IsZero() {
		s.guarded(func() {
			cut := s.view.evidence.Cut(true)
			cut.Least = 0
			s.noteCut(cut)
		})
	}
}

func (s *supervisor) noteCut(c drain.Cut) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.machine.Count(c)
}

// exitStatus is the child's, as far as --remap-exit lets it be.
func (s *supervisor) exitStatus() int {
	status := reaper.Status(s.end.status)
	if to, ok := s.cfg.RemapExit[status]; ok {
		return to
	}
	return status
}

// endedAsTold reports whether the child ended by the stop signal, and no other: was
// ended by it, or exited with what a shell says of that, as a JVM does, too. Around the
// program that is the program's signal.
func (s *supervisor) endedAsTold() bool {
	got := s.sentTo(s.child.PID, -s.child.PID)
	if len(got) == 0 {
		got = s.sentTo(s.target.PID)
	}
	return len(got) == 1 && got[0].signal != 0 && reaper.Status(s.end.status) == 128+int(got[0].signal)
}
