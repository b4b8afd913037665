package supervisor

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/reaper"
)

// tellFront tells the front what the machine wants of it.
func (s *supervisor) tellFront(d drain.FrontDeed) {
	if d == drain.FrontEnd {
		s.front.toEnd = true
	}
	if !s.front.Tell(d) && d != drain.FrontEnd {
		s.frontNotTold(d.String(), "it is taken to have requests in flight, as long as there is time")
		return
	}
	if d == drain.FrontClose {
		s.log.Info("front closed", "after", s.sinceStop())
	}
}

// leaveFront has the front's long-lived connections leave.
func (s *supervisor) leaveFront(within time.Duration) {
	if !s.front.Leave(within) {
		s.frontNotTold("leave", "its WebSockets and streams of events stay until the program ends them")
	}
}

func (s *supervisor) frontNotTold(to, effect string) {
	s.log.Warn("front not told", "to", to, "after", s.sinceStop(), "effect", effect)
}

// frontEnded is told of the end of the front's process.
func (s *supervisor) frontEnded(ws unix.WaitStatus, oom oomVerdict) {
	cut := s.front.Cut()
	if !s.front.toEnd && !s.end.killed {
		s.explainFront(ws, oom)
	}
	s.step(drain.FrontGone{Status: frontStatus(ws), Cut: cut})
}

// frontStatus is what drainit leaves with where the front's end is the stop: never
// success.
func frontStatus(ws unix.WaitStatus) int {
	if status := reaper.Status(ws); status != 0 {
		return status
	}
	return 1
}

// explainFront says what is known of an end that nobody asked for.
func (s *supervisor) explainFront(ws unix.WaitStatus, oom oomVerdict) {
	why := "it exited by itself"
	remedy := "its last words on standard error, if any, say why"
	if ws.Signaled() {
		why = "a signal that drainit did not send"
	}
	if oom.perhaps() && ws.Signaled() && ws.Signal() == unix.SIGKILL {
		why, remedy = "perhaps out of memory", moreMemory
	}
	s.log.Error("front has gone", "status", reaper.Status(ws), "why", why,
		"effect", "a stop without a hold: nobody reaches the program any more", "remedy", remedy)
}

// warnElsewhere is called once, when the program listens, and not where the front expects it.
func (s *supervisor) warnElsewhere(on string) {
	p := s.front.proxy
	s.log.Warn("the program listens elsewhere", "on", on, "expected", p.Expects(), "effect", "who asks at the front waits for a while, then gets 502",
		"remedy", "unless it is still starting, have it listen where it is expected, or write "+p.Rewritten(on))
}

// noteNeverListened says of a program that failed to start behind the front what may be the
// matter.
func (s *supervisor) noteNeverListened() {
	p := s.front.proxy
	if p.SeenListening() || s.end.status.ExitStatus() <= 0 || s.machine.State() != drain.Running {
		return
	}
	s.log.Warn("the program was not seen listening", "status", s.exitStatus(), "expected", p.Expects(),
		"remedy", "if it says that its address is in use, that is the front's: have it listen where it is expected")
}

// others leaves the front and drainit's own processes out.
func (s *supervisor) others(pids []int) []int {
	pids = s.own.Without(pids)
	if s.front.PID == 0 {
		return pids
	}
	return slices.DeleteFunc(slices.Clone(pids), func(pid int) bool { return pid == s.front.PID })
}

// anythingLeft reports whether there is somebody but those to wait for. Where /proc
// does not tell there may be.
func (s *supervisor) anythingLeft(none bool) bool {
	if none || s.front.PID == 0 && s.own.Count() == 0 {
		return !none
	}
	pids, known := s.host.children()
	return !known || len(s.others(pids)) > 0
}
