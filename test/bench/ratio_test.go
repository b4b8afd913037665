package main

import (
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		series []time.Duration
		want   time.Duration
	}{
		{[]time.Duration{5}, 5},
		{[]time.Duration{9, 1, 5}, 5},
		{[]time.Duration{2, 1}, 2},
		{[]time.Duration{9, 1, 5, 7}, 7},
	} {
		if got := median(tt.series); got != tt.want {
			t.Errorf("median of %v: got %v, want %v", tt.series, got, tt.want)
		}
	}
}

// Neither a machine that gets slower and slower nor an outlier nor one bad block changes a ratio.
func TestCompare(t *testing.T) {
	var own, reference, alone []time.Duration
	for round := range 3 * blocks {
		slow := time.Duration(1 + round/3)
		alone = append(alone, 100*slow)
		reference = append(reference, 110*slow)
		own = append(own, 125*slow)
	}
	own[4] = time.Hour
	for i := 3 * (blocks - 1); i < 3*blocks; i++ {
		own[i] = time.Hour
	}
	got := compare(own, reference, alone)
	if got.value != 2.5 || got.low != 2.5 || got.high != 2.5 {
		t.Errorf("got %+v, want 2.5 throughout", got)
	}
}
