package main

import (
	"math"
	"testing"
	"time"
)

// Every time is below its bucket's end, and not by more than a thirty-second and
// a microsecond.
func TestBuckets(t *testing.T) {
	for us := int64(0); us < 1<<40; us += 1 + us/1000 {
		d := time.Duration(us) * time.Microsecond
		if above := end(bucket(d)); above <= d || above-d > d/32+time.Microsecond {
			t.Fatalf("%v is in a bucket that ends at %v", d, above)
		}
	}
	var l latency
	l.add(math.MaxInt64) // must fit
	l.add(-1)
}

func TestQuantiles(t *testing.T) {
	var l latency
	if got := l.quantile(50); got != 0 {
		t.Errorf("half of nothing took %v, want 0", got)
	}
	for n := 1; n <= 1000; n++ {
		l.add(time.Duration(n) * time.Millisecond)
	}
	for percent, want := range map[int]time.Duration{50: 500 * time.Millisecond, 99: 990 * time.Millisecond, 100: time.Second} {
		if got := l.quantile(percent); got < want || got > want+want/32 {
			t.Errorf("%d%% within %v, want %v or a thirty-second more", percent, got, want)
		}
	}
}
