// Command platforms rolls the example server out on real platforms, under clients who go on asking: what was lost, bare
// and under each init, and how long it took. It writes the tables of docs/proof/platforms.md.
//
// It decides what is rolled out and counts; it judges nothing. Everything is real: the engine, Swarm, Debian's HAProxy,
// nginx, tini, dumb-init and catatonit.
//
//	go run ./test/platforms [-full] [-resume] [-w docs/proof/platforms.md] [-only EXPRESSION]
//
// What is measured is kept in measured.json, cell by cell, and the document's tables are made of that: a run that was
// ended, or another one for a few cells, loses nothing.
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
	"sync"
	"syscall"

	"drainit/test/markdown"
)

type options struct {
	full, resume, report bool
	only                 string
	results, document    string
	drainit, server      string
	rollouts, parallel   int
	lag                  bool
}

func main() {
	var o options
	flag.BoolVar(&o.full, "full", false, "every cell, five rollouts of each: 70 to 80 minutes")
	flag.StringVar(&o.only, "only", "", "only the cells whose names match this `expression`, such as 'swarm, exit.*tini'")
	flag.BoolVar(&o.resume, "resume", false, "remove what ended runs have left, and measure only the rollouts that are missing")
	flag.BoolVar(&o.report, "report", false, "measure nothing: the tables of what is measured")
	flag.StringVar(&o.results, "results", "test/platforms/measured.json", "`file` of what is measured with -full or -only")
	flag.StringVar(&o.document, "w", "", "`file` whose tables are replaced by those of what is measured")
	flag.IntVar(&o.rollouts, "rollouts", 0, "of each cell (default 1, with -full or -only 5)")
	flag.BoolVar(&o.lag, "lag", false, "also when Swarm's DNS and HAProxy forget a task (done with -full)")
	flag.IntVar(&o.parallel, "parallel", 3, "cells at a time beside the one in the Swarm")
	flag.StringVar(&o.drainit, "drainit", "bin/drainit", "the drainit to run")
	flag.StringVar(&o.server, "server", "bin/server", "the example server")
	flag.Parse()
	if err := o.complete().run(); err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
		os.Exit(1)
	}
}

// complete fills in what follows from the rest. What the quick mode finds is shown and not kept.
func (o options) complete() options {
	o.lag = o.lag || o.full
	quick := !o.full && o.only == "" && !o.lag
	if quick && !o.report {
		o.results = ""
	}
	if o.rollouts == 0 && !quick {
		o.rollouts = 5
	}
	o.rollouts = max(o.rollouts, 1)
	return o
}

func (o options) run() error {
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	kept, err := recall(o.results)
	if err != nil {
		return err
	}
	if !o.report {
		err = o.measure(chosen, kept)
	}
	return errors.Join(err, o.show(chosen, kept))
}

// show prints the tables of the chosen cells, and puts those of all into the document.
func (o options) show(chosen []cell, kept *measured) error {
	made, _ := kept.tables(chosen)
	maps.Copy(made, kept.others())
	for _, name := range slices.Sorted(maps.Keys(made)) {
		fmt.Printf("%s\n\n%s\n", name, made[name])
	}
	if o.document == "" {
		return nil
	}
	all, missing := kept.tables(cells(setups()))
	for _, cell := range missing {
		fmt.Fprintln(os.Stderr, "platforms: not measured:", cell)
	}
	maps.Copy(all, kept.others())
	return markdown.Rewrite(o.document, all)
}

// chosen are the cells to measure: none for the lags alone.
func (o options) chosen() ([]cell, error) {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return nil, fmt.Errorf("-only %q: %w", o.only, err)
	}
	all := smoke()
	if o.full || o.only != "" || o.report {
		all = setups()
	} else if o.lag {
		return nil, nil
	}
	chosen := slices.DeleteFunc(cells(all), func(c cell) bool { return !only.MatchString(c.label()) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("-only %q: in no cell's name", o.only)
	}
	return chosen, nil
}

// measure measures cells: those in the Swarm one after the other, and the others beside them.
func (o options) measure(chosen []cell, kept *measured) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if o.resume {
		if err := removeLeft(); err != nil {
			return err
		}
	}
	defer removeAll()
	if err := buildImage(o.drainit, o.server); err != nil {
		return err
	}
	rows, err := versions()
	if err == nil {
		err = kept.set(&kept.Versions, rows)
	}
	if err != nil {
		return err
	}
	swarmed, others := split(chosen)
	var wrong error
	var pending sync.WaitGroup
	pending.Go(func() { wrong = o.measureAll(ctx, nil, others, o.parallel, kept) })
	err = o.measureSwarm(ctx, swarmed, kept)
	pending.Wait()
	return errors.Join(err, wrong)
}

// measureSwarm measures what needs a Swarm, one cell after the other: with many at once the engine (Docker 20.10) hung
// when they were interrupted, and answered nobody until it was started anew.
func (o options) measureSwarm(ctx context.Context, chosen []cell, kept *measured) error {
	if len(chosen) == 0 && !o.lag {
		return nil
	}
	s, err := joinSwarm()
	if err != nil {
		return err
	}
	defer s.leave()
	var wrong error
	if o.lag && !(o.resume && kept.Lags != nil) {
		rows, err := measureLags(s)
		if err == nil {
			err = kept.set(&kept.Lags, rows)
		}
		wrong = err
	}
	return errors.Join(wrong, o.measureAll(ctx, s, chosen, 1, kept))
}

// split tells cells that need a Swarm from others.
func split(all []cell) (swarmed, others []cell) {
	for _, c := range all {
		if c.platform.swarm {
			swarmed = append(swarmed, c)
		} else {
			others = append(others, c)
		}
	}
	return swarmed, others
}
