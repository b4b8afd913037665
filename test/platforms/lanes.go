package main

import (
	"fmt"
	"slices"
	"time"
)

// A lane is how the server is run.
type lane struct {
	name     string
	init     []string // what comes before the server in the command
	server   []string // more of the server's flags
	settings []string // environment
	ranged   bool     // a hold that traffic ends
}

// The lanes. Another one is a line here, and its name in the lanes of the set-ups in which it is to be measured.
var (
	bare      = lane{name: "bare"}
	tini      = lane{name: "tini", init: []string{"/usr/bin/tini", "--"}}
	dumbInit  = lane{name: "dumb-init", init: []string{"/usr/bin/dumb-init", "--"}}
	catatonit = lane{name: "catatonit", init: []string{"/usr/bin/catatonit", "--"}}
	fixed     = lane{name: "drainit, fixed", init: drainit}
	ranged    = lane{name: "drainit, range", init: drainit, ranged: true}
	longer    = lane{name: "drainit, 12 s", init: drainit, settings: []string{"DRAINIT_DRAIN_DELAY=12s"}}
	idle      = lane{name: "drainit, idle", init: drainit, settings: []string{"DRAINIT_DRAIN_UNTIL=idle"}}
	front     = lane{name: "drainit, front", init: drainit, server: behindFront, settings: []string{"DRAINIT_FRONT=:8080=127.0.0.1:8081"}}
	frontLong = lane{name: "drainit, front, 12 s", init: drainit, server: behindFront, settings: append(front.settings, longer.settings...)}
)

// behindFront has the server leave its port to the front.
var behindFront = []string{"-addr", "127.0.0.1:8081"}

// drainit is how a lane that has it begins.
var drainit = []string{"/drainit", "--"}

// Lanes that are measured together. What is asked through one route keeps drainit waiting for the sake of another where
// it waits for evidence, and so ranges and idle are measured route by route.
var (
	everyLane = []lane{bare, tini, dumbInit, catatonit, fixed, ranged}
	unranged  = []lane{bare, tini, dumbInit, catatonit, fixed}
)

// isDrainit reports whether the lane answers /readyz.
func (l lane) isDrainit() bool { return len(l.init) > 0 && l.init[0] == drainit[0] }

// command is what the container runs.
func (c cell) command() []string {
	return slices.Concat(c.lane.init, []string{"/server", "-mode", c.mode}, c.lane.server)
}

// environment is what drainit is told: what the platform allows, of which a hold follows, and the lane's own settings.
// A range ends after half the grace period.
func (c cell) environment() []string {
	if !c.isDrainit() {
		return nil
	}
	told := []string{"DRAINIT_GRACE_PERIOD=" + c.grace.String()}
	if c.ranged {
		told = append(told, fmt.Sprintf("DRAINIT_DRAIN_DELAY=1s..%v", c.grace/2))
	}
	return append(told, c.settings...)
}

// flags are those of docker that pass the environment.
func (c cell) flags() []string {
	var flags []string
	for _, setting := range c.environment() {
		flags = append(flags, "--env", setting)
	}
	return flags
}

// graceSeconds is the grace period as docker stop takes it.
func (c cell) graceSeconds() string { return fmt.Sprint(int(c.grace / time.Second)) }
