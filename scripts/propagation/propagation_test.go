package propagation

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestLags: what is simulated has the quantiles that were published.
func TestLags(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var lags []float64
	for range 100_000 {
		lags = append(lags, logNormal(r, watchMedian, watchMost))
	}
	slices.Sort(lags)
	for at, want := range map[int]float64{50_000: watchMedian, 99_000: watchMost} {
		if got := lags[at]; math.Abs(got/want-1) > 0.05 {
			t.Errorf("of 100000 number %d is %.2f s, want %.2f", at, got, want)
		}
	}
}

// TestPolicies: what each came to with arrivals that are known, by the real machine.
func TestPolicies(t *testing.T) {
	var arrivals []float64 // 50 a second for 4 s
	for i := range 200 {
		arrivals = append(arrivals, float64(i+1)/50)
	}
	for what, tt := range map[string]struct {
		policy      Policy
		d           time.Duration
		least, most time.Duration // held
		lost        int
	}{
		"none":                  {Fixed, 0, 0, 0, 200},
		"too short":             {Fixed, 2 * time.Second, 2 * time.Second, 2 * time.Second, 125},
		"as long as the routes": {Fixed, 4 * time.Second, 4 * time.Second, 4 * time.Second, 25},
		"and the answer":        {Fixed, 5 * time.Second, 5 * time.Second, 5 * time.Second, 0},
		"silence ends it":       {Range, 30 * time.Second, 6 * time.Second, 7 * time.Second, 0},
		"a range too short":     {Range, 3 * time.Second, 3 * time.Second, 3 * time.Second, 75},
		"front":                 {Front, 4 * time.Second, 4 * time.Second, 5 * time.Second, 0},
		"front, too short":      {Front, 2 * time.Second, 2 * time.Second, 3 * time.Second, 100},
	} {
		held, lost := Play(tt.policy.settings(tt.d), arrivals)
		if held < tt.least || held > tt.most || lost != tt.lost {
			t.Errorf("%s: held %v, %d lost, want %v to %v, %d", what, held, lost, tt.least, tt.most, tt.lost)
		}
	}
}

// TestNodes: how many come does not depend on how many nodes they come through.
func TestNodes(t *testing.T) {
	for _, nodes := range []int{10, 1000} {
		r := rand.New(rand.NewPCG(1, uint64(nodes)))
		n := 0
		for range 200 {
			n += len(Watch(nodes).Arrivals(r))
		}
		if mean := float64(n) / 200 / Rate; mean < 1.1 || mean > 1.5 {
			t.Errorf("%d nodes sent for %.2f s, want 1.27 and some for those in trouble", nodes, mean)
		}
	}
}
