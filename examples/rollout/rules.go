package main

import (
	"context"
	"fmt"
	"time"
)

// rule says what puts a replica into the routes and what takes it out again.
type rule string

const (
	// byStop is kube-proxy's: the platform's own decision to stop a replica takes
	// it out, whatever its probes say, and the table follows a lag later.
	byStop rule = "stop"
	// byProbe is that of a balancer with health checks of its own: it is told
	// nothing, asks at an interval, and believes a threshold of equal answers.
	byProbe rule = "probe"
)

// UnmarshalText accepts the two rules by name.
func (r *rule) UnmarshalText(text []byte) error {
	switch name := rule(text); name {
	case byStop, byProbe:
		*r = name
		return nil
	default:
		return fmt.Errorf("rule %q: want stop or probe", text)
	}
}

// MarshalText gives the name, which package flag prints as the default.
func (r rule) MarshalText() ([]byte, error) { return []byte(r), nil }

// readyInterval is how often the stop rule looks whether a replica is ready. It
// is short, so that the lag alone decides when the routes have it.
const readyInterval = 50 * time.Millisecond

// member is a replica as the routes see it. The functions that follow it close
// entered when it is first in the table, and left when it is out of it after
// its stop.
type member struct {
	addr    string
	healthy func(context.Context) bool // asks the replica; bounded by itself
	stopped <-chan struct{}            // closed at T0 of its stop
	entered chan struct{}
	left    chan struct{}
}

// follow keeps the replica in the table as the rule says. It returns once the
// replica has left, or when ctx ends.
func (c cell) follow(ctx context.Context, table *routes, m member) {
	if c.rule == byProbe {
		followProbes(ctx, table, m, c.probeInterval, c.probeThreshold, c.lag)
	} else {
		followStop(ctx, table, m, c.lag)
	}
}

// followStop adds the replica lag after it is ready and removes it lag after its
// stop.
func followStop(ctx context.Context, table *routes, m member, lag time.Duration) {
	for !m.healthy(ctx) {
		if sleep(ctx, readyInterval) != nil {
			return
		}
	}
	if sleep(ctx, lag) != nil {
		return
	}
	table.add(m.addr)
	close(m.entered)
	select {
	case <-m.stopped:
	case <-ctx.Done():
		return
	}
	if sleep(ctx, lag) != nil {
		return
	}
	table.remove(m.addr)
	close(m.left)
}

// followProbes asks the replica once an interval. After threshold equal answers
// that differ from what the balancer believes it changes its mind, and the table
// follows a lag later.
func followProbes(ctx context.Context, table *routes, m member, interval time.Duration, threshold int, lag time.Duration) {
	believed, against := false, 0
	for {
		if m.healthy(ctx) == believed {
			against = 0
		} else if against++; against == threshold {
			believed, against = !believed, 0
			if sleep(ctx, lag) != nil {
				return
			}
			if m.move(table, believed) {
				return
			}
		}
		if sleep(ctx, interval) != nil {
			return
		}
	}
}

// move puts the replica into the table or takes it out, and reports whether it
// has left for good.
func (m member) move(table *routes, in bool) bool {
	if in {
		table.add(m.addr)
		closeOnce(m.entered)
		return false
	}
	table.remove(m.addr)
	if !isClosed(m.stopped) {
		return false // a replica that failed its probes may come back
	}
	close(m.left)
	return true
}

// isClosed reports whether c is closed.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// closeOnce closes c if it is not closed yet. Only c's one closer may call it.
func closeOnce(c chan struct{}) {
	if !isClosed(c) {
		close(c)
	}
}

// sleep waits for d, or returns why ctx ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
