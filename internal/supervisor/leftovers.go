package supervisor

import (
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/look"
	"drainit/internal/signals"
)

// killAll sends SIGKILL to everything drainit answers for.
//
// The child and its group are named as well as found. Until the child is reaped
// both numbers are its own, and all of its group, which it was the first of,
// descends from it: only who is of its session can have joined (setpgid(2)).
// That reaches what there is to reach where /proc does not tell.
func (s *supervisor) killAll() {
	s.end.killed = true
	targets, known := s.host.children()
	if !s.end.ended {
		targets = append(targets, s.child.PID, -s.child.PID)
	}
	sent, err := s.host.killAll(targets)
	if err != nil && s.end.reach.err == nil {
		s.log.Error("SIGKILL not allowed", "error", err,
			"remedy", "the program runs as another user; add the capability CAP_KILL to the container")
	}
	s.end.reach = reach{sent: sent, known: known || s.host.init, err: err}
}

// reach is how far SIGKILL went.
type reach struct {
	sent  int   // children and groups that got it
	known bool  // what there is to kill was known
	err   error // of the last that did not get it
}

// sweep gives every leftover that has not had it, as one of the group either, the
// signal that is graceful for its program, but for those that read what another one
// still writes. Leftovers of leftovers become ours as those end.
func (s *supervisor) sweep() {
	children := s.countLeftovers()
	if len(children) > look.ChildrenLooked {
		for _, pid := range children {
			s.sweepOne(signals.Target{PID: pid, Signal: s.gracefulFor(pid)})
		}
		return
	}
	if !slices.ContainsFunc(children, func(pid int) bool { return !s.delivery.told.all[pid] }) {
		return
	}
	now, readers := signals.Leftovers(s.host.tree(0, look.Patience))
	for _, t := range readers {
		s.delivery.told.readers[t.PID] = time.Time{}
	}
	for _, t := range now {
		if s.mayRead(t.PID) {
			continue
		}
		s.sweepOne(t)
	}
}

func (s *supervisor) sweepOne(t signals.Target) {
	if s.delivery.told.was(t) {
		return
	}
	_ = s.signalled(t)
	s.delivery.told.sent(t)
	_ = s.host.kill(t.PID, syscall.SIGCONT)
}

// mayRead reports whether a leftover has a moment left to read to the end what those
// have written that have gone.
func (s *supervisor) mayRead(pid int) bool {
	until, is := s.delivery.told.readers[pid]
	if is && until.IsZero() {
		until = time.Now().Add(wrapperPatience)
		s.delivery.told.readers[pid] = until
		s.after(wrapperPatience, s.sweep)
	}
	return is && time.Now().Before(until)
}

// gracefulFor returns the signal that is graceful for a process itself by now: a
// script that was a wrapper may have become the program (exec nginx).
func (s *supervisor) gracefulFor(pid int) syscall.Signal {
	root := s.host.lookAt(pid, look.Patience)
	root.Children = nil
	return signals.StopSignal{}.Resolve(signals.Tree{Root: root}, syscall.SIGTERM).Program().Signal
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
		if !s.end.reach.known {
			break
		}
	}
	s.end.leftoversStay = true
	s.log.Warn("leftovers not killed", "why", s.whyNotKilled(),
		"remedy", "make drainit PID 1, whose end is theirs, or mount the container's own /proc")
}

func (s *supervisor) whyNotKilled() string {
	switch {
	case !s.end.reach.known:
		return "/proc does not tell which they are"
	case s.end.reach.err != nil:
		return s.end.reach.err.Error()
	}
	return "they survived SIGKILL"
}

// countLeftovers returns what is left after the child, and notes how many.
func (s *supervisor) countLeftovers() (pids []int) {
	pids, _ = s.host.children()
	pids = s.others(pids)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leftovers = len(pids)
	return pids
}
