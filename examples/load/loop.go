// Package load sends HTTP requests at fixed instants and says how each of them
// ended, as its client saw it.
//
// It decides when a request begins, on which connection, and what a failure is
// called. It repeats nothing: net/http's Transport sends an idempotent request
// again when a kept connection breaks, and its dialer tries the next address of
// a name, and so both hide what is to be measured here. So this is written on
// sockets. What is counted and shown is its callers' to decide.
//
// HTTP/1.1 only, without a proxy; redirects are answers and are not followed.
package load

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Loop is when requests begin: at a fixed rate, whatever became of those before.
//
// A closed loop, where a client waits for its answer before it asks again, asks
// less of a service that is failing and so hides the failure.
type Loop struct {
	Rate     int           // requests a second
	For      time.Duration // how long requests become due; 0 is until the context ends
	InFlight int           // the most at the same time; 0 is no bound
}

// Run calls send for each request at the instant at which it is due, each in a
// goroutine of its own, and returns when the last of these has. Where this
// process is late it catches up at once. While InFlight requests are in flight
// it calls unsent instead, which must not block.
func (l Loop) Run(ctx context.Context, send, unsent func(due time.Time)) {
	var running sync.WaitGroup
	defer running.Wait()
	var inFlight atomic.Int64
	began := time.Now()
	for n := 0; ; n++ {
		after := time.Duration(n) * time.Second / time.Duration(l.Rate)
		due := began.Add(after)
		if l.For > 0 && after >= l.For || !until(ctx, due) {
			return
		}
		if l.InFlight > 0 && inFlight.Load() >= int64(l.InFlight) {
			unsent(due)
			continue
		}
		inFlight.Add(1)
		running.Go(func() {
			defer inFlight.Add(-1)
			send(due)
		})
	}
}

// until waits for an instant and reports whether it came before the end of ctx.
func until(ctx context.Context, due time.Time) bool {
	wait := time.Until(due)
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
