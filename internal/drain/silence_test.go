package drain

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"
)

// falseEnds plays holds of 1s..15s in which connections never cease to arrive,
// at random, a batch at a time, so many in all a second, and counts those that
// silence ended.
func falseEnds(t *testing.T, r *rand.Rand, holds int, rate float64, batch int) int {
	t.Helper()
	plan, problems := Settings{GracePeriod: time.Minute, Delay: time.Second, DelayMax: 15 * time.Second, DelayGiven: true}.Plan()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	until := func() time.Duration { // the next batch
		return time.Duration(r.ExpFloat64() * float64(batch) / rate * float64(time.Second))
	}
	early := 0
	for range holds {
		m, now := New(plan), time.Unix(0, 0)
		next := now.Add(until())
		todo := append(m.Step(now, StopRequest{Signal: 15}), m.Step(now, Facts{ArrivalRate: rate})...)
		for m.State() == Draining {
			for _, a := range todo {
				if _, ok := a.(Look); !ok {
					continue
				}
				arrived := 0
				for ; next.Before(now); next = next.Add(until()) {
					arrived += batch
				}
				m.Step(now, Observed{Known: true, Arrived: arrived, Quiet: 1<<63 - 1})
			}
			if m.State() != Draining {
				break
			}
			now, _ = m.Wake()
			todo = m.Step(now, Woken{})
		}
		if m.Record().StopAt.Sub(m.Record().T0) < plan.DelayMax {
			early++
		}
	}
	return early
}

var manyHolds = flag.Int("holds", 2000, "holds that TestSilenceIsRarelyMistaken plays at each rate")

// How often silence is believed that is none, per mille of the holds. The
// bounds are some twice what comes out of 20,000.
func TestSilenceIsRarelyMistaken(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		rate  float64 // connections a second
		batch int     // of which so many come at once
		most  int
	}{
		{1, 1, 5},
		{2, 1, 8},
		{3, 1, 8},
		{3.5, 1, 5},
		{5, 1, 3},
		{10, 1, 0},
		{50, 1, 0},
		{5, 6, 30},
		{10, 6, 30},
		{50, 6, 0},
	} {
		early := falseEnds(t, r, *manyHolds, tt.rate, tt.batch)
		t.Logf("%v connections a second, %d at a time: %d of %d holds ended early", tt.rate, tt.batch, early, *manyHolds)
		if early*1000 > tt.most**manyHolds {
			t.Errorf("%v connections a second, %d at a time: %d of %d holds ended early, want %d in 1000 at most",
				tt.rate, tt.batch, early, *manyHolds, tt.most)
		}
	}
}
