package main

import (
	"context"
	"sync"
	"time"
)

// load sends requests at a fixed rate until ctx ends, and returns when the last
// of them is over. Each is bounded by limit and none is repeated.
//
// The loop is open: a request begins at its instant whatever became of those
// before it. A closed loop, where a client waits for its answer before it asks
// again, asks less of a service that is failing and so hides the failure. Where
// this process could not begin one at its instant the delay is counted.
func load(ctx context.Context, rate int, limit time.Duration, table *routes, count *tally) {
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	began := time.Now()
	for n := 0; ; n++ {
		due := began.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if wait := time.Until(due); wait > 0 && sleep(ctx, wait) != nil || ctx.Err() != nil {
			return
		}
		count.begin(time.Since(due))
		inFlight.Go(func() { request(table, due.Add(limit), count) })
	}
}

// request sends one request to the backend whose turn it is.
func request(table *routes, deadline time.Time, count *tally) {
	addr, err := table.pick()
	if err != nil {
		count.end("", "", err)
		return
	}
	version, err := get(addr, deadline)
	count.end(addr, version, err)
}
