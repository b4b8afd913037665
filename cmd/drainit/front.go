package main

import (
	"math"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/reaper"
)

// fronting is what the supervisor has to do with the front's process: the seam
// at which a test can say what that one does.
type fronting struct {
	pid  int             // 0: there is none
	idle <-chan struct{} // nothing is in flight any more
	tell func(drain.FrontDeed) bool
	cut  func() (requests int, known bool) // once its process has gone
}

func noFront() fronting {
	return fronting{
		tell: func(drain.FrontDeed) bool { return false },
		cut:  func() (int, bool) { return 0, false },
	}
}

// fronting returns the seam to the process, which may be none.
func (f *frontProcess) fronting() fronting {
	if f == nil {
		return noFront()
	}
	return fronting{
		pid:  f.pid,
		idle: f.link.idle,
		tell: func(d drain.FrontDeed) bool { return f.link.tell(frontOrder{Do: d.String()}) },
		cut:  f.link.lastCut,
	}
}

// tellFront tells the front what the machine wants of it.
func (s *supervisor) tellFront(d drain.FrontDeed) {
	if d == drain.FrontEnd {
		s.frontToEnd = true
	}
	if !s.front.tell(d) && d != drain.FrontEnd {
		s.log.Warn("front not told", "to", d.String(), "after", s.sinceStop(),
			"effect", "it is taken to have requests in flight, as long as there is time")
		return
	}
	if d == drain.FrontClose {
		s.log.Info("front closed", "after", s.sinceStop())
	}
}

// frontEnded is told of the end of the front's process.
func (s *supervisor) frontEnded(ws unix.WaitStatus) {
	cut, known := s.front.cut()
	if !s.frontToEnd && !s.killed {
		s.explainFront(ws)
	}
	s.step(drain.FrontGone{Status: frontStatus(ws), CutKnown: known, Cut: cut})
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
func (s *supervisor) explainFront(ws unix.WaitStatus) {
	why := "it exited by itself"
	remedy := "its last words on standard error, if any, say why"
	if ws.Signaled() {
		why = "a signal that drainit did not send"
	}
	if n, ok := s.host.oomKills(); ok && n > s.oomBefore && ws.Signaled() && ws.Signal() == unix.SIGKILL {
		s.oomBefore++ // the next one is the child's
		why, remedy = "out of memory", "raise the container's memory limit, or lower what the program uses"
	}
	s.log.Error("front has gone", "status", reaper.Status(ws), "why", why,
		"effect", "a stop without a hold: nobody reaches the program any more", "remedy", remedy)
}

// others leaves the front out.
func (s *supervisor) others(pids []int) []int {
	if s.front.pid == 0 {
		return pids
	}
	var rest []int
	for _, pid := range pids {
		if pid != s.front.pid {
			rest = append(rest, pid)
		}
	}
	return rest
}

// anythingLeft reports whether there is somebody but the front to wait for. Where
// /proc does not tell there may be.
func (s *supervisor) anythingLeft(none bool) bool {
	if none || s.front.pid == 0 {
		return !none
	}
	pids, known := s.host.children()
	return !known || len(s.others(pids)) > 0
}

const (
	// frontLookPatience bounds a look at what the front has in flight.
	frontLookPatience = 500 * time.Millisecond

	// frontScrapePatience bounds the same for /drain and /metrics.
	frontScrapePatience = 250 * time.Millisecond
)

// frontEvidence is what the front knows of connections, which is exact.
type frontEvidence struct {
	link     *frontLink
	since    time.Time
	accepted uint64 // as of the look before, as requests
	requests uint64
	counted  bool
}

func (f *frontProcess) evidence() evidence {
	e := &frontEvidence{link: f.link, since: time.Now()}
	none := noEvidence()
	none.look, none.arrivalRate = e.look, e.rate
	return none
}

// look asks the front. What is in flight says nothing of whether clients still
// come, so that it does not make a silence shorter.
func (e *frontEvidence) look() drain.Observed {
	begin := time.Now()
	stats, ok := e.link.askFor(frontLookPatience)
	took := time.Since(begin)
	if !ok {
		return drain.Observed{Took: took}
	}
	busy := stats.InFlight + stats.Upgraded
	return drain.Observed{
		Known:       true,
		Connections: drain.Connections{InFlight: busy, Idle: max(0, stats.Connections-busy)},
		Arrived:     e.arrivals(stats),
		Quiet:       math.MaxInt64 / 2,
		Took:        took,
	}
}

// arrivals is how many have come since it was called last, none the first time. Of
// connections and requests it is those that were more meanwhile: ever, connections may
// be far ahead (checks that ask nothing), or requests (on kept connections).
func (e *frontEvidence) arrivals(stats front.Stats) int {
	accepted, requests := e.accepted, e.requests
	e.accepted, e.requests = stats.Accepted, started(stats)
	if !e.counted {
		e.counted = true
		return 0
	}
	return max(0, int(e.accepted-accepted), int(e.requests-requests))
}

// rate is how many requests arrived a second up to now, connections on which
// nothing was asked counted too. It is called in the loop, once.
func (e *frontEvidence) rate() float64 {
	stats, ok := e.link.askFor(lookPatience)
	if !ok {
		return 0
	}
	e.arrivals(stats)
	return float64(max(e.accepted, e.requests)) / max(time.Since(e.since), time.Second).Seconds()
}
