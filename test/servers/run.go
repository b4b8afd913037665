package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// A lab is what all measurements share.
type lab struct {
	images  images
	network string
	verbose bool // the logs of every container are printed
}

// A line is a set-up under one init.
type line struct {
	init initer
	outcome
	err error
}

// A row is a set-up under all of them.
type row struct {
	setup
	lines []line
}

// runAll runs the set-ups, some at a time, and returns their rows in the same order.
func (l *lab) runAll(chosen []setup, parallel int) []row {
	rows := make([]row, len(chosen))
	turns := make(chan struct{}, parallel)
	var pending sync.WaitGroup
	for n, s := range chosen {
		turns <- struct{}{}
		pending.Go(func() {
			began := time.Now()
			rows[n] = l.run(s)
			<-turns
			fmt.Fprintf(os.Stderr, "%s: %.0fs\n", s.name, time.Since(began).Seconds())
			for _, line := range rows[n].lines {
				if l.verbose || line.err != nil {
					fmt.Fprintf(os.Stderr, "-- %s under %s:\n%s", s.name, line.init.name, line.log)
				}
			}
		})
	}
	pending.Wait()
	return rows
}

// run measures a set-up under each init. Where its signal alone loses something, evidence has to help.
func (l *lab) run(s setup) row {
	r := row{setup: s}
	for _, i := range []initer{underTini, underDrainit, withGrace} {
		r.lines = append(r.lines, l.measure(s, i))
	}
	if r.under(underDrainit).cuts() || r.under(withGrace).cuts() {
		r.lines = append(r.lines, l.measure(s, untilIdle))
	}
	return r
}

// under returns the line of an init, or none.
func (r row) under(i initer) line {
	for _, line := range r.lines {
		if line.init.name == i.name {
			return line
		}
	}
	return line{}
}
