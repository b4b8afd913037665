package frontproc

import (
	"math"
	"sync/atomic"
	"time"

	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/observe"
)

const (
	// lookPatience bounds a look at what the front has in flight.
	lookPatience = 500 * time.Millisecond

	// scrapePatience bounds the same for /drain and /metrics.
	scrapePatience = 250 * time.Millisecond

	// ratePatience bounds it where the loop waits.
	ratePatience = 250 * time.Millisecond
)

// evidence is what the front knows of connections, which is exact.
type evidence struct {
	link     *link
	since    time.Time
	accepted uint64 // as of the look before, as requests
	requests uint64
	counted  bool

	closed atomic.Bool  // nothing new comes in, so what is in flight only gets less
	most   atomic.Int64 // as seen since then, and one; 0: not seen
}

// Evidence returns what the front knows of connections, in place of what the kernel tells.
func (f *Process) Evidence() observe.Evidence {
	e := &evidence{link: f.link, since: time.Now()}
	none := observe.NoEvidence()
	none.Look, none.ArrivalRate = e.look, e.rate
	none.Stopping, none.Cut = func() { e.closed.Store(true) }, e.cut
	return none
}

// look asks the front. What is in flight says nothing of whether clients still
// come, so that it does not make a silence shorter.
func (e *evidence) look() drain.Observed {
	begin, closed := time.Now(), e.closed.Load()
	stats, ok := e.link.askFor(lookPatience)
	took := time.Since(begin)
	if !ok {
		return drain.Observed{Took: took}
	}
	busy := stats.InFlight + stats.Upgraded
	if closed {
		e.most.Store(int64(busy) + 1)
	}
	return drain.Observed{
		Known:       true,
		Connections: drain.Connections{InFlight: busy, Idle: max(0, stats.Connections-busy)},
		Arrived:     e.arrivals(stats),
		Quiet:       math.MaxInt64 / 2,
		Took:        took,
	}
}

// cut is at most what was in flight when it was looked at last, for where the front
// is killed before it says its last word.
func (e *evidence) cut(bool) drain.Cut {
	n := int(e.most.Load())
	return drain.Cut{Known: n > 0, Most: max(0, n-1)}
}

// arrivals is how many have come since it was called last, none the first time. Of
// connections and requests it is those that were more meanwhile: ever, connections may
// be far ahead (checks that ask nothing), or requests (on kept connections).
func (e *evidence) arrivals(stats front.Stats) int {
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
func (e *evidence) rate() float64 {
	stats, ok := e.link.askFor(ratePatience)
	if !ok {
		return 0
	}
	e.arrivals(stats)
	return float64(max(e.accepted, e.requests)) / max(time.Since(e.since), time.Second).Seconds()
}
