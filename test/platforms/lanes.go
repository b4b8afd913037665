package main

import (
	"slices"
	"time"
)

// grace is what the platform allows, from its stop signal to its SIGKILL.
const grace = 30 * time.Second

// A lane is how the server is run.
type lane struct {
	name     string
	init     []string // what comes before the server in the command
	settings []string // environment
}

var withGrace = "DRAINIT_GRACE_PERIOD=" + grace.String()

var (
	bare      = lane{name: "bare"}
	tini      = lane{name: "tini", init: []string{"/usr/bin/tini", "--"}}
	dumbInit  = lane{name: "dumb-init", init: []string{"/usr/bin/dumb-init", "--"}}
	catatonit = lane{name: "catatonit", init: []string{"/usr/bin/catatonit", "--"}}
	fixed     = drained("drainit, fixed", withGrace)
	ranged    = drained("drainit, range", withGrace, "DRAINIT_DRAIN_DELAY=1s..15s")
	longer    = drained("drainit, hold of 12 s", withGrace, "DRAINIT_DRAIN_DELAY=12s")
)

// everyLane are those that every set-up is run under.
var everyLane = []lane{bare, tini, dumbInit, catatonit, fixed, ranged}

func drained(name string, settings ...string) lane {
	return lane{name, []string{"/drainit", "--"}, settings}
}

// isDrainit reports whether the lane answers /readyz.
func (l lane) isDrainit() bool { return l.settings != nil }

// command is what the container runs.
func (l lane) command(s setup) []string {
	return slices.Concat(l.init, []string{"/server", "-mode", s.mode, "-response-time", s.response.String()})
}

// environment are the flags of docker that pass the settings.
func (l lane) environment() []string {
	var flags []string
	for _, setting := range l.settings {
		flags = append(flags, "--env", setting)
	}
	return flags
}
