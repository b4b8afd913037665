package main

import (
	"context"
	"fmt"
	"time"
)

// result is what rollouts of one lane came to.
type result struct {
	Lane    string
	Tallies [][]tally // of each rollout, by client
	Gone    []float64 // seconds from each old pod's deletion until it had gone
	Whole   []float64 // seconds from each rollout's begin until its last old pod had gone
}

// rollout restarts a Deployment whose pods are ready, while the clients ask its Service, and adds what came of it.
func (l *lab) rollout(ctx context.Context, name string, clients []client, r *result) error {
	var service struct{ Spec struct{ ClusterIP string } }
	if err := l.get(ctx, &service, "service", name); err != nil {
		return err
	}
	tallies, err := l.under(ctx, "load-"+name, "http://"+service.Spec.ClusterIP+"/", clients, func(ctx context.Context) error {
		return l.restart(ctx, name, r)
	})
	if err != nil {
		return err
	}
	r.Tallies = append(r.Tallies, tallies)
	return nil
}

// restart replaces all pods, and waits until the new ones are available and the old ones have gone.
func (l *lab) restart(ctx context.Context, name string, r *result) error {
	w, err := l.watch(ctx, "app="+name)
	if err != nil {
		return err
	}
	defer w.close()
	if !soon(ctx, 20*time.Second, func() bool { return len(w.names()) > 0 }) {
		return fmt.Errorf("no pods of %s are seen", name)
	}
	if err := pause(ctx, time.Second); err != nil { // the list is whole
		return err
	}
	old := w.names()
	began := time.Now()
	if _, err := l.try(ctx, nil, "rollout", "restart", "deployment/"+name); err != nil {
		return err
	}
	if _, err := l.try(ctx, nil, "rollout", "status", "deployment/"+name, "--timeout=170s"); err != nil {
		return err
	}
	gone := func() bool {
		for _, p := range old {
			if w.of(p).gone.IsZero() {
				return false
			}
		}
		return true
	}
	if !soon(ctx, 90*time.Second, gone) {
		return fmt.Errorf("old pods of %s are still there", name)
	}
	last := began
	for _, p := range old {
		seen := w.of(p)
		r.Gone = append(r.Gone, seen.gone.Sub(seen.marked).Seconds())
		if seen.gone.After(last) {
			last = seen.gone
		}
	}
	r.Whole = append(r.Whole, last.Sub(began).Seconds())
	return nil
}
