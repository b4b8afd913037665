package load

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A server that never answers must not slow the load down: that would hide the
// failure. A client that waits for its answer would have one request in flight
// here. However busy the machine, none begins before its instant.
func TestLoopIsOpen(t *testing.T) {
	const rate, want, limit = 200, 50, 2 * time.Second
	client := clientFor(t, "GET", misbehaving(t, silence), "", 0)
	ctx, cancel := context.WithTimeout(t.Context(), 10*limit)
	defer cancel()
	var sent, timedOut atomic.Int64
	over := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(over)
		Loop{Rate: rate}.Run(ctx, func(due time.Time) {
			sent.Add(1)
			if _, err := client.Send(due.Add(limit)); Classify(err) == TimedOut {
				timedOut.Add(1)
			}
		}, nil)
	}()
	for sent.Load()-timedOut.Load() < want && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	took, n := time.Since(began), sent.Load()
	cancel()
	<-over
	if ctx.Err() == context.DeadlineExceeded {
		t.Errorf("never %d requests in flight at once: the loop must not wait for an answer", want)
	}
	if earliest := time.Duration(n-1) * time.Second / rate; took < earliest {
		t.Errorf("sent %d requests in %v, want the last of them after %v", n, took, earliest)
	}
	if timedOut.Load() != sent.Load() {
		t.Errorf("%d of %d requests timed out, want all: Run must wait for the last", timedOut.Load(), sent.Load())
	}
}

func TestLoopKeepsItsInstants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var sent atomic.Int64
		Loop{Rate: 40, For: time.Minute}.Run(t.Context(), func(due time.Time) {
			sent.Add(1)
			if now := time.Now(); !now.Equal(due) {
				t.Errorf("sent at %v, want at %v", now.Sub(began), due.Sub(began))
			}
			time.Sleep(3 * time.Second)
		}, nil)
		if got := sent.Load(); got != 40*60 {
			t.Errorf("sent %d, want 40 a second for a minute", got)
		}
		if got, want := time.Since(began), time.Minute-25*time.Millisecond+3*time.Second; got != want {
			t.Errorf("ran for %v, want %v: until the last was answered", got, want)
		}
	})
}

func TestLoopSaysWhatItDidNotSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent, inFlight atomic.Int64
		unsent := 0
		Loop{Rate: 10, For: 3 * time.Second, InFlight: 5}.Run(t.Context(), func(time.Time) {
			sent.Add(1)
			if n := inFlight.Add(1); n > 5 {
				t.Errorf("%d in flight, want 5 at most", n)
			}
			time.Sleep(950 * time.Millisecond) // 5 of every 10
			inFlight.Add(-1)
		}, func(time.Time) { unsent++ })
		if sent.Load() != 15 || unsent != 15 {
			t.Errorf("%d sent and %d not, want 15 and 15", sent.Load(), unsent)
		}
	})
}
