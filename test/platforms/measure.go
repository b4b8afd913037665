package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// measureAll measures cells, some at a time, and keeps each one's result as soon as it has it. A cell that fails leaves
// the rest as they are. When ctx ends, or the engine hangs, no rollout begins and those under way are waited for: to
// remove what an engine is at work on is to invite its deadlocks.
func (o options) measureAll(ctx context.Context, s *swarm, cells []cell, parallel int, kept *measured) error {
	var mu sync.Mutex
	var errs []error
	turns := make(chan struct{}, parallel)
	var pending sync.WaitGroup
	for _, c := range cells {
		missing := o.rollouts
		if o.resume {
			missing -= kept.rollouts(c)
		}
		if missing <= 0 {
			continue
		}
		turns <- struct{}{}
		if ctx.Err() != nil || hung.Load() {
			break
		}
		pending.Go(func() {
			began := time.Now()
			results, err := measure(ctx, s, c, missing)
			if err == nil {
				err = kept.keep(results, o.resume)
			}
			fmt.Fprintf(os.Stderr, "%s %s: %.0fs\n", time.Now().Format(time.TimeOnly), c.label(), time.Since(began).Seconds())
			for _, r := range results {
				fmt.Fprintf(os.Stderr, "\t%s: %s\n", r.Route, r.summary())
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "\tnot measured:", err)
				mu.Lock()
				errs = append(errs, fmt.Errorf("%s: %w", c.label(), err))
				mu.Unlock()
			}
			<-turns
		})
	}
	pending.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// measure makes what a cell needs and rolls there again and again, while clients ask without a pause.
func measure(ctx context.Context, s *swarm, c cell, rollouts int) ([]result, error) {
	defer removeNamed(c.name, c.platform.swarm) // so that cells after it have the machine to themselves
	f, routes, err := c.begin(s)
	if err != nil {
		return nil, err
	}
	w, err := newWatch()
	if err != nil {
		return nil, err
	}
	results := make([]result, len(routes))
	asking := make([]*clients, len(routes))
	for n, b := range routes {
		if asking[n], err = ask(b.address); err != nil {
			return nil, err
		}
		defer asking[n].end() // where it was not ended below
		results[n] = newResult(c, n)
	}
	var took []float64
	for len(took) < rollouts && ctx.Err() == nil {
		time.Sleep(time.Second) // kept connections are made, and in use
		seconds, err := f.roll(routes)
		if err == nil {
			err = settled(routes)
		}
		if err != nil {
			return nil, err
		}
		took = append(took, seconds.Seconds())
	}
	time.Sleep(time.Second)
	for n := range results {
		results[n].Seconds = took
		results[n].Tallies, err = asking[n].end()
		if err = errors.Join(err, w.verdict(asking[n].late)); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// begin starts the replicas of a cell, and a balancer for each of its routes.
func (c cell) begin(s *swarm) (*fleet, []*balancer, error) {
	f, err := c.platform.begin(s, c)
	if err != nil {
		return nil, nil, err
	}
	var routes []*balancer
	for n, r := range c.routes {
		b, err := r.begin(c, f, fmt.Sprintf("%s-balancer%d", c.name, n))
		if err != nil {
			return nil, nil, err
		}
		routes = append(routes, b)
	}
	for _, b := range routes {
		if err := answers(b.address); err != nil {
			return nil, nil, err
		}
	}
	return f, routes, settled(routes)
}
