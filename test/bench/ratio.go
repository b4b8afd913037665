package main

import (
	"cmp"
	"slices"
	"time"
)

// ratio is how an init's time compares with the reference's. Every value is taken from the blocks of a run: the
// median of their results, so that a stretch in which the machine was busy with something else counts little, and the
// first and third quartile to say how far they were apart.
type ratio struct {
	extra     time.Duration // over none
	value     float64       // of the times over none, to the reference's
	low, high float64
}

// compare works out one init's ratio from three series with an entry a round: its own, the reference's, and none's.
func compare(own, reference, none []time.Duration) ratio {
	var extras []time.Duration
	var values []float64
	for i := range blocks {
		base := median(block(none, i))
		extra := median(block(own, i)) - base
		extras = append(extras, extra)
		values = append(values, float64(extra)/float64(median(block(reference, i))-base))
	}
	return ratio{median(extras), median(values), quantile(values, 0.25), quantile(values, 0.75)}
}

// block returns the i-th of the blocks of a series, in the order measured.
func block(series []time.Duration, i int) []time.Duration {
	return series[i*len(series)/blocks : (i+1)*len(series)/blocks]
}

func median[T cmp.Ordered](series []T) T { return quantile(series, 0.5) }

// quantile returns the entry of a series below which a share q of the others lies, q from 0 to 1.
func quantile[T cmp.Ordered](series []T, q float64) T {
	s := slices.Sorted(slices.Values(series))
	return s[int(q*float64(len(s)-1)+0.5)]
}
