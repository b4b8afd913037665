package main

import (
	"fmt"
	"slices"
	"strings"
)

// part is something to measure by itself.
type part struct {
	name string
	run  func(*bench, *report) error
}

// parts are all there are, in the order they are measured in.
var parts = []part{
	{"size", func(b *bench, r *report) (err error) {
		r.sizes, err = measureSizes(b.inits)
		return err
	}},
	{"start", func(b *bench, r *report) (err error) {
		if r.packages, err = packageInit(b.inits[len(b.inits)-1].path); err != nil {
			return err
		}
		r.lives, err = takeTurns(b.withNone(), b.rounds, func(c contender) (life, error) { return live(c, b.programs.child) })
		return err
	}},
	{"signals", func(b *bench, r *report) (err error) {
		r.signals, err = takeTurns(b.withNone(), b.signalRounds(), func(c contender) (signalled, error) {
			return signal(c, b.programs.handler)
		})
		return err
	}},
	{"orphans", func(b *bench, r *report) (err error) {
		r.reaps, err = takeTurns(b.inits, blocks, func(c contender) (reaping, error) {
			return reap(c, b.programs.orphans, b.orphansATurn())
		})
		return err
	}},
	{"idle", func(b *bench, r *report) (err error) {
		r.idles, err = watchIdle(b.inits, b.programs.child, b.idle)
		return err
	}},
	{"memory", func(b *bench, r *report) (err error) {
		r.charges, err = measureCharges(b.inits, b.programs.listener)
		return err
	}},
	{"rollout", func(b *bench, r *report) (err error) {
		r.rollouts, err = rollOut(b.dir, b.inits)
		return err
	}},
}

// partNames is how parts are listed to a person.
func partNames() string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// chosen returns the parts of a list with commas, all for an empty one.
func chosen(list string) ([]part, error) {
	if list == "" {
		return parts, nil
	}
	wanted := strings.Split(list, ",")
	var some []part
	for _, p := range parts {
		if slices.Contains(wanted, p.name) {
			some = append(some, p)
			wanted = slices.DeleteFunc(wanted, func(name string) bool { return name == p.name })
		}
	}
	if len(wanted) > 0 {
		return nil, fmt.Errorf("-only: no part %s; want some of %s", strings.Join(wanted, ", "), partNames())
	}
	return some, nil
}
