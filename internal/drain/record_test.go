package drain

import (
	"testing"
	"time"
)

// TestArrivals: what looks count is told at once, and taken back where it was drainit's own.
func TestArrivals(t *testing.T) {
	t0 := time.Unix(1000, 0)
	var r Record
	for i, look := range []struct {
		arrived, recount int
		settled          bool
		n, last          int // -1: none
	}{
		{settled: true, last: -1},
		{last: -1},
		{arrived: 3, n: 3, last: 2},
		{n: 3, last: 2},
		{arrived: 1, n: 4, last: 4},
		{recount: 1, n: 3, last: 2},
		{arrived: 5, n: 8, last: 6},
		{recount: 1, n: 7, last: 6},
	} {
		r.count(t0.Add(time.Duration(i)*time.Second), Observed{Known: true, Settled: look.settled, Arrived: look.arrived, Recount: look.recount})
		last := -1
		if !r.LastArrival.IsZero() {
			last = int(r.LastArrival.Sub(t0).Seconds())
		}
		if r.Arrived != look.n || last != look.last || r.Counted != (i > 0) {
			t.Errorf("look %d: %d arrived, the last in look %d, counted %t; want %d, %d, %t", i, r.Arrived, last, r.Counted, look.n, look.last, i > 0)
		}
	}
}
