package observe

import (
	"sync"
	"sync/atomic"
	"time"
)

// Arrivals counts the connections that peers establish in this network
// namespace, to whomever but drainit itself: the kernel counts them for the
// namespace only. A pod's other containers count as the child does; so an early
// end of the hold needs their silence, too.
type Arrivals struct {
	opens func() (uint64, error) // since the namespace was made
	own   *atomic.Int64          // accepted by drainit

	began time.Time
	first int64 // the count then

	mu    sync.Mutex // rate may still be under way when nobody waits for it any more
	last  int64      // the count when asked last
	known bool       // the kernel tells
}

// NewArrivals reads the counter once.
func NewArrivals(opens func() (uint64, error), own *atomic.Int64) *Arrivals {
	a := &Arrivals{opens: opens, own: own, began: time.Now()}
	a.first, a.known = a.count()
	a.last = a.first
	return a
}

// count reads the kernel's counter before drainit's: what drainit accepts in
// between is then missing from this count, and found by the next.
func (a *Arrivals) count() (int64, bool) {
	opens, err := a.opens()
	return int64(opens) - a.own.Load(), err == nil
}

// Rate is how many arrived a second since the beginning, 0 where that is not
// known. From now on since counts.
func (a *Arrivals) Rate() float64 {
	if a == nil {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.known {
		return 0
	}
	a.last, a.known = a.count()
	if !a.known {
		return 0
	}
	return float64(max(0, a.last-a.first)) / max(time.Since(a.began), time.Second).Seconds()
}

// Since is how many arrived since it or rate was called last, and whether that
// is known. It may count one of drainit's own for a moment, and never misses one:
// less than 0 is how many it had so counted.
func (a *Arrivals) Since() (n int, known bool) {
	if a == nil {
		return 0, true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.known {
		return 0, false
	}
	count, ok := a.count()
	if !ok {
		return 0, false
	}
	n = int(count - a.last)
	a.last = count
	return n, true
}
