package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

const (
	replicas = 3
	// settle is how long the load runs before the first stop and after the last.
	settle = 500 * time.Millisecond
	// readyLimit bounds the wait for a replica beyond its own start delay.
	readyLimit = 20 * time.Second
)

// The versions of a rollout.
const (
	oldVersion = "v1"
	newVersion = "v2"
)

// rollout is a rolling restart as it goes.
type rollout struct {
	cell
	binaries  binaries
	isolation isolation
	ports     *ports
	journal   journal
	routes    routes
	tally     *tally
	started   []*replica
	following sync.WaitGroup
}

// run replaces three replicas, one after the other, under load: each new one is
// in the routes before an old one is stopped, as with Kubernetes' maxSurge: 1
// and maxUnavailable: 0. No process is left when it returns.
func (r *rollout) run(ctx context.Context) (result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.bound(), errors.New("the rollout took too long"))
	defer r.following.Wait()
	defer r.kill()
	defer cancel()

	old, err := r.startOld(ctx)
	if err != nil {
		return result{}, err
	}
	loadCtx, endLoad := context.WithCancel(ctx)
	var loading sync.WaitGroup
	loading.Go(func() { sendAll(loadCtx, r.rate, r.limit, r.keep, &r.routes, r.tally) })
	defer loading.Wait()
	defer endLoad()

	res := result{cell: r.cell, t0: map[string]time.Time{}, began: r.started[0].now().started}
	if err := sleep(ctx, settle); err != nil {
		return result{}, err
	}
	began := time.Now()
	for _, retiring := range old {
		if err := r.replace(ctx, retiring, &res); err != nil {
			return result{}, err
		}
	}
	res.took = time.Since(began)
	if err := sleep(ctx, settle); err != nil {
		return result{}, err
	}
	endLoad()
	loading.Wait()
	res.counts, res.ended = r.tally.now(), time.Now()
	for _, one := range r.started {
		res.lives = append(res.lives, one.now())
	}
	res.routed = r.routes.changes()
	return res, nil
}

// bound is more than the whole rollout can take.
func (r *rollout) bound() time.Duration {
	probing := time.Duration(r.probeThreshold) * (r.probeInterval + probeLimit)
	enters := r.startDelay + readyLimit + probing + r.lag
	leaves := r.grace + probing + r.lag
	return (replicas+1)*enters + replicas*leaves + r.limit + 10*time.Second
}

// startOld starts the replicas that are to be replaced, and waits until the
// routes lead to all of them.
func (r *rollout) startOld(ctx context.Context) ([]*replica, error) {
	var old []*replica
	for n := range replicas {
		started, err := r.start(ctx, fmt.Sprintf("replica-%d", n+1), oldVersion)
		if err != nil {
			return nil, err
		}
		old = append(old, started)
	}
	for _, started := range old {
		if err := r.await(ctx, started); err != nil {
			return nil, err
		}
	}
	r.journal.add(nil, "%d replicas %s are in the routes; load: %d %s a second", replicas, oldVersion, r.rate, r.load())
	return old, nil
}

// replace starts the successor of one replica and, once the routes have it,
// stops the old one and waits until it is gone and no route leads to it.
func (r *rollout) replace(ctx context.Context, retiring *replica, res *result) error {
	successor, err := r.start(ctx, retiring.name, newVersion)
	if err != nil {
		return err
	}
	r.journal.add(successor, "started")
	if err := r.await(ctx, successor); err != nil {
		return err
	}
	r.journal.add(successor, "in the routes")
	res.t0[retiring.addr] = time.Now()
	r.following.Go(func() {
		select {
		case <-retiring.left:
			r.journal.add(retiring, "out of the routes")
		case <-ctx.Done():
		}
	})
	took, err := r.stop(ctx, retiring, r.journal)
	if err != nil {
		return err
	}
	res.stops = append(res.stops, took)
	select {
	case <-retiring.left:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	r.journal.lost(retiring, r.tally.now().lostTo(retiring.addr))
	return nil
}

// start starts a replica and has the routes follow it.
func (r *rollout) start(ctx context.Context, name, version string) (*replica, error) {
	addr, err := r.ports.take()
	if err != nil {
		return nil, err
	}
	probe, err := r.ports.take()
	if err != nil {
		return nil, err
	}
	inner, err := r.ports.take()
	if err != nil {
		return nil, err
	}
	started := &replica{
		trail:   trail{life: life{name: name, version: version, addr: addr}},
		stopped: make(chan struct{}), gone: make(chan struct{}),
		entered: make(chan struct{}), left: make(chan struct{}),
	}
	started.output.line = func(line string) { r.heard(started, line) }
	if err := started.run(r.isolation.command(r.binaries.self, r.command(r.binaries, version, addr, probe, inner)...)); err != nil {
		return nil, err
	}
	r.started = append(r.started, started)
	r.following.Go(func() {
		r.follow(ctx, &r.routes, member{
			addr: addr, healthy: started.watch(r.probe(addr, probe)),
			stopped: started.stopped, entered: started.entered, left: started.left,
		})
	})
	return started, nil
}

// heard takes a line that a replica has written.
func (r *rollout) heard(from *replica, line string) {
	if r.underDrainit() && signalled(line) {
		from.mark(stopSignal)
	}
	if r.journal.verbose {
		r.journal.add(from, "says: %s", line)
	}
}

// probe returns what a platform asks this replica: drainit's /readyz where there
// is one, else the server's port, or its /healthz where probes are the rule.
func (r *rollout) probe(addr, probe string) func(context.Context) bool {
	switch {
	case r.underDrainit():
		return says200("http://" + probe + "/readyz")
	case r.rule == byProbe:
		return says200("http://" + addr + "/healthz")
	default:
		return accepts(addr)
	}
}

// await waits until the routes lead to a replica that has just been started.
func (r *rollout) await(ctx context.Context, started *replica) error {
	probing := time.Duration(r.probeThreshold) * (r.probeInterval + probeLimit)
	limit := time.NewTimer(r.startDelay + readyLimit + probing + r.lag)
	defer limit.Stop()
	select {
	case <-started.entered:
		return nil
	case <-started.gone:
		return started.died()
	case <-limit.C:
		return fmt.Errorf("%s %s was not ready in time; its last output: %s", started.name, started.version, started.output.last())
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// kill ends every replica that is still there. The end of PID 1 ends its whole
// namespace (pid_namespaces(7)).
func (r *rollout) kill() {
	for _, started := range r.started {
		started.signal(syscall.SIGKILL)
		<-started.gone
	}
}
