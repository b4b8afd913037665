package main

import (
	"fmt"
	"slices"
)

// An initer is an init with its settings: a line in each row.
type initer struct {
	name     string
	drainit  bool
	settings []string // drainit's variables
	holds    bool     // the stop signal is held
}

var (
	underTini    = initer{name: "tini"}
	underDrainit = initer{name: "drainit", drainit: true}
	withGrace    = initer{name: "drainit, grace period", drainit: true, holds: true,
		settings: []string{fmt.Sprint("DRAINIT_GRACE_PERIOD=", allowed)}}
	untilIdle = initer{name: "drainit, until idle", drainit: true, holds: true,
		settings: append(slices.Clone(withGrace.settings), "DRAINIT_DRAIN_UNTIL=idle")}
)

func (i initer) image(made images) string {
	if i.drainit {
		return made.drainit
	}
	return made.tini
}

// variables are drainit's, those of the row among them.
func (i initer) variables(s setup) []string {
	if !i.drainit {
		return nil
	}
	return append(slices.Clone(i.settings), s.setting...)
}
