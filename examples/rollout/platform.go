package main

import (
	"context"
	"syscall"
	"time"
)

// stop plays the platform stopping one replica: what comes before SIGTERM, then
// SIGTERM, then SIGKILL when the grace period, which counts from T0, is over. It
// returns how long after T0 the replica had exited.
func (c cell) stop(ctx context.Context, r *replica, events journal) (time.Duration, error) {
	began := time.Now()
	r.mark(stopRequest)
	close(r.stopped)
	grace := time.NewTimer(c.grace)
	defer grace.Stop()
	var sigterm <-chan time.Time
	if c.lane == asleep {
		events.add(r, "stop request: preStop sleeps %v", c.hold)
		sigterm = time.After(c.hold)
	} else {
		events.add(r, "stop request: SIGTERM")
		if !c.underDrainit() {
			r.mark(stopSignal)
		}
		if err := r.signal(syscall.SIGTERM); err != nil {
			return 0, err
		}
	}
	for {
		var err error
		select {
		case <-r.gone:
			took := time.Since(began)
			events.add(r, "exited %d, %.1fs after the stop request", r.now().status, took.Seconds())
			return took, nil
		case <-sigterm:
			events.add(r, "SIGTERM")
			r.mark(stopSignal)
			err = r.signal(syscall.SIGTERM)
		case <-grace.C:
			events.add(r, "grace period over: SIGKILL")
			r.mark(killed)
			err = r.signal(syscall.SIGKILL)
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		if err != nil {
			return 0, err
		}
	}
}
