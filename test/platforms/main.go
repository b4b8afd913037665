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
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
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
	flag.BoolVar(&o.full, "full", false, "what -only leaves, five rollouts of each cell: about an hour")
	flag.StringVar(&o.only, "only", "", "only the set-ups whose names match this `expression`, such as 'swarm.*exit'")
	flag.StringVar(&o.document, "w", "", "`file` whose tables of what is measured are replaced")
	flag.IntVar(&o.rollouts, "rollouts", 0, "of each cell (default 1, with -full 5)")
	flag.BoolVar(&o.lag, "lag", false, "also when Swarm's DNS and HAProxy forget a task (done with -full)")
	flag.IntVar(&o.parallel, "parallel", 6, "cells at a time, but in the Swarm, where it is one")
	flag.StringVar(&o.drainit, "drainit", "bin/drainit", "the drainit to run")
	flag.StringVar(&o.server, "server", "bin/server", "the example server")
	flag.Parse()
	o.lag = o.lag || o.full
	if o.rollouts == 0 && o.full {
		o.rollouts = 5
	}
	o.rollouts = max(o.rollouts, 1)
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
	results, made, err := o.measure(ctx, chosen)
	maps.Copy(made, tables(results))
	for _, name := range slices.Sorted(maps.Keys(made)) {
		fmt.Printf("%s\n\n%s\n", name, made[name])
	}
	if err != nil || o.document == "" {
		return err
	}
	return rewrite(o.document, made)
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
		if only.MatchString(u.name()) && (!u.extra || o.only != "") {
			chosen = append(chosen, u)
		}
	}
	return chosen, nil
}

// measure returns the results, and the tables that are not made of them.
func (o options) measure(ctx context.Context, chosen []setup) ([]result, map[string]string, error) {
	made := map[string]string{}
	if err := buildImage(o.drainit, o.server); err != nil {
		return nil, made, err
	}
	var err error
	if made["versions"], err = versions(); err != nil {
		return nil, made, err
	}
	inSwarm, others := split(chosen)
	results, err := o.measureSwarm(ctx, inSwarm, made)
	if err == nil && len(others) > 0 {
		var more []result
		more, err = measureAll(ctx, nil, others, o.rollouts, o.parallel)
		results = append(results, more...)
	}
	return results, made, err
}

// measureSwarm measures what needs a Swarm, one cell after the other: with many at once the engine (Docker 20.10) hung
// when they were interrupted, and answered nobody until it was started anew.
func (o options) measureSwarm(ctx context.Context, chosen []setup, made map[string]string) ([]result, error) {
	if len(chosen) == 0 && !o.lag {
		return nil, nil
	}
	s, err := joinSwarm()
	if err != nil {
		return nil, err
	}
	defer s.leave()
	results, err := measureAll(ctx, s, chosen, o.rollouts, 1)
	if err == nil && o.lag {
		made["lag"], err = measureLags(s)
	}
	return results, err
}

// split tells set-ups that need a Swarm from others.
func split(all []setup) (inSwarm, others []setup) {
	for _, u := range all {
		if u.route.swarm {
			inSwarm = append(inSwarm, u)
		} else {
			others = append(others, u)
		}
	}
	return inSwarm, others
}
