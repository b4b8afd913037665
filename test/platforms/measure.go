package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// A result is what the rollouts of a cell showed.
type result struct {
	cell
	rollouts int
	counts   []counts // by kind
	took     []time.Duration
}

// measureAll measures every cell of the set-ups, some at a time, and returns the results in their order. When ctx ends,
// or a cell has failed, no rollout begins and those under way are waited for: to remove what an engine is at work on is
// to invite its deadlocks.
func measureAll(ctx context.Context, s *swarm, chosen []setup, rollouts, parallel int) ([]result, error) {
	var cells []cell
	for _, u := range chosen {
		for _, l := range u.lanes {
			cells = append(cells, cell{u, l, fmt.Sprintf("%s-%d", run, len(cells))})
		}
	}
	going, stop := context.WithCancel(ctx)
	defer stop()
	results, errs := make([]result, len(cells)), make([]error, len(cells))
	turns := make(chan struct{}, parallel)
	var pending sync.WaitGroup
	for n, c := range cells {
		turns <- struct{}{}
		if going.Err() != nil {
			break
		}
		pending.Go(func() {
			began := time.Now()
			if results[n], errs[n] = measure(going, s, c, rollouts); errs[n] != nil {
				stop()
			}
			fmt.Fprintf(os.Stderr, "%.0fs: %s, %s: %s\n",
				time.Since(began).Seconds(), c.setup.name(), c.lane.name, results[n].summary())
			<-turns
		})
	}
	pending.Wait()
	return results, errors.Join(append(errs, ctx.Err())...)
}

// measure makes the place of a cell and rolls there again and again.
func measure(ctx context.Context, s *swarm, c cell, rollouts int) (result, error) {
	r := result{cell: c, counts: make([]counts, len(kinds))}
	defer removeNamed(c.name) // so that cells after it have the machine to themselves
	p, err := c.route.begin(s, c)
	if err != nil {
		return r, fmt.Errorf("%s: %w", c.name, err)
	}
	for range rollouts {
		if ctx.Err() != nil {
			return r, nil
		}
		took, counts, err := p.rollout(c.response)
		if err != nil {
			return r, fmt.Errorf("%s: %w", c.name, err)
		}
		r.rollouts++
		r.took = append(r.took, took)
		for n := range counts {
			r.counts[n].add(counts[n])
		}
	}
	return r, nil
}

// rollout replaces every replica while clients ask.
func (p place) rollout(response time.Duration) (time.Duration, []counts, error) {
	if err := p.settled(); err != nil {
		return 0, nil, err
	}
	asked, err := ask(p.address, response)
	if err != nil {
		return 0, nil, err
	}
	time.Sleep(time.Second) // kept connections are made, and in use
	took, err := p.roll()
	if err == nil {
		err = p.settled()
	}
	time.Sleep(time.Second)
	counts, overrun := asked.end()
	return took, counts, errors.Join(err, overrun)
}
