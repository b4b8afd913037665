// Command platforms rolls the example server out on real platforms, under clients who go on asking: what was lost, bare
// and under each init, and how long it took. It writes the tables of docs/platforms.md.
//
// It decides what is rolled out and counts; it judges nothing. Everything is real: the engine, Swarm, Debian's HAProxy,
// nginx, tini, dumb-init and catatonit.
//
//	go run ./test/platforms [-full] [-w docs/platforms.md] [-only EXPRESSION]
//
// It needs a Docker engine that is in no Swarm, and bin/drainit and bin/server. The engine is a Swarm of one node
// meanwhile, on the loopback.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
	"time"
)

type options struct {
	full               bool
	only               string
	document           string
	drainit, server    string
	rollouts, parallel int
	lag                bool
}

func main() {
	var o options
	flag.BoolVar(&o.full, "full", false, "every set-up, as docs/platforms.md has it: about 40 minutes")
	flag.StringVar(&o.only, "only", "", "only the set-ups whose names match this `expression`, such as 'swarm.*exit'")
	flag.StringVar(&o.document, "w", "", "`file` whose tables of what is measured are replaced")
	flag.IntVar(&o.rollouts, "rollouts", 0, "of each cell (default 1, with -full 5)")
	flag.BoolVar(&o.lag, "lag", false, "also when Swarm's DNS and HAProxy forget a task (done with -full)")
	flag.IntVar(&o.parallel, "parallel", 12, "cells at a time")
	flag.StringVar(&o.drainit, "drainit", "bin/drainit", "the drainit to run")
	flag.StringVar(&o.server, "server", "bin/server", "the example server")
	flag.Parse()
	o.lag = o.lag || o.full
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
		os.Exit(1)
	}
}

func (o options) run() error {
	chosen, err := o.chosen()
	if err != nil {
		return fmt.Errorf("-only %q: %w", o.only, err)
	}
	if len(chosen) == 0 {
		return fmt.Errorf("-only %q: in no set-up's name", o.only)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	defer removeAll()
	var s *swarm
	if o.lag || slices.ContainsFunc(chosen, setup.inSwarm) {
		if s, err = joinSwarm(); err != nil {
			return err
		}
		defer s.leave()
	}
	return o.measure(ctx, s, chosen)
}

func (o options) chosen() ([]setup, error) {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return nil, err
	}
	all := smoke()
	if o.full || o.only != "" {
		all = setups()
	}
	var chosen []setup
	for _, u := range all {
		if only.MatchString(u.name()) {
			chosen = append(chosen, u)
		}
	}
	return chosen, nil
}

func (o options) measure(ctx context.Context, s *swarm, chosen []setup) error {
	if err := buildImage(o.drainit, o.server); err != nil {
		return err
	}
	rollouts := o.rollouts
	if rollouts == 0 {
		rollouts = 1
		if o.full {
			rollouts = 5
		}
	}
	began := time.Now()
	results, err := measureAll(ctx, s, chosen, rollouts, o.parallel)
	fmt.Fprintf(os.Stderr, "took %v\n", time.Since(began).Round(time.Second))
	made := tables(results)
	packages, wrong := versions()
	made["versions"] = packages
	if o.lag {
		lags, wrong := measureLags(s)
		made["lag"], err = lags, errors.Join(err, wrong)
	}
	for _, name := range slices.Sorted(maps.Keys(made)) {
		fmt.Printf("%s\n\n%s\n", name, made[name])
	}
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	if o.document == "" {
		return nil
	}
	return rewrite(o.document, made)
}
