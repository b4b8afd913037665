package main

import (
	"math/bits"
	"time"
)

// latency is a histogram of how long answers took. A quantile from it is up to a
// thirty-second too high, never too low.
type latency struct {
	buckets [(64 - precision) << precision]int
	longest time.Duration
}

// precision is how many bits of a time, in microseconds, are kept below its first.
const precision = 5

func (l *latency) add(d time.Duration) {
	l.buckets[bucket(d)]++
	l.longest = max(l.longest, d)
}

// bucket returns the bucket that d belongs to.
func bucket(d time.Duration) int {
	us := uint64(max(0, d.Microseconds()))
	shift := max(0, bits.Len64(us)-1-precision)
	return shift<<precision + int(us>>shift)
}

// end returns the least time that is above a bucket.
func end(bucket int) time.Duration {
	shift := max(0, bucket>>precision-1)
	return time.Duration(uint64(bucket-shift<<precision+1)<<shift) * time.Microsecond
}

// quantile returns a time that so many of a hundred answers did not exceed, 0 if
// there was none.
func (l *latency) quantile(percent int) time.Duration {
	total := 0
	for _, n := range l.buckets {
		total += n
	}
	seen := 0
	for i, n := range l.buckets {
		if seen += n; n > 0 && 100*seen >= percent*total {
			return min(end(i), l.longest)
		}
	}
	return 0
}
