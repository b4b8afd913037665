package main

import (
	"slices"
	"testing"
	"time"

	"drainit/examples/load"
)

func TestSums(t *testing.T) {
	now := time.Unix(1000, 0)
	// Both replicas were on the same port. The second was stopped a minute later.
	one := func(c cell, t0 time.Time, took time.Duration) result {
		return result{
			cell: c, t0: map[string]time.Time{"a": t0}, took: took, stops: []time.Duration{took / 2},
			counts: counts{
				sent: 10, late: took, versions: map[string]int{oldVersion: 4, newVersion: 5},
				losses: []loss{{addr: "a", seen: t0.Add(took), how: load.Cut}},
			},
		}
	}
	c, d := cell{lane: bare}, cell{lane: fronted}
	silent := result{cell: d, took: 4 * time.Second, counts: counts{sent: 1}} // nothing answered
	later := now.Add(time.Minute)
	got := sums([]result{one(c, now, 2*time.Second), silent, one(c, later, 4*time.Second), one(d, now, 2*time.Second)}, 2)
	if len(got) != 2 || got[0].cell != c || got[1].cell != d {
		t.Fatalf("sums %+v, want one of each cell", got)
	}
	if got := got[1].counts; got.sent != 11 || got.versions[oldVersion] != 4 || len(got.losses) != 1 {
		t.Errorf("counts %+v, want those of both rollouts", got)
	}
	sum := got[0]
	if got := sum.counts; got.sent != 20 || got.lost(load.Cut) != 2 || got.versions[newVersion] != 10 || got.late != 4*time.Second {
		t.Errorf("counts %+v, want those of both rollouts", got)
	}
	if got, want := sum.window(), (window{from: 2 * time.Second, to: 4 * time.Second, within: 2}); got != want {
		t.Errorf("window %+v, want %+v: each from the stop of its own replica", got, want)
	}
	if want := []time.Duration{time.Second, 2 * time.Second}; sum.took != 3*time.Second || !slices.Equal(sum.stops, want) {
		t.Errorf("took %v, stops %v, want the mean, 3s, and %v", sum.took, sum.stops, want)
	}
}
