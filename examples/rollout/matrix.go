package main

import "time"

// ignoredGrace is the grace period of a server that ignores SIGTERM, and so
// spends all of it: short, to come to an end, and long enough for drainit's
// deadline, 2s before it, to outlast the longest lag.
const ignoredGrace = 12 * time.Second

// The setting that cures what the default hold loses to a long lag.
const (
	cureHold  = 10 * time.Second
	cureGrace = 30 * time.Second
)

// matrix returns the cells of the full run, with the rest as in base: every lag,
// response time and way to stop, and for a server that exits at once connections
// that clients keep as well. These not with answers at once: the exit would
// hardly ever meet a request.
func matrix(base cell) []cell {
	const response = 500 * time.Millisecond
	var cells []cell
	for _, base.mode = range []string{serverExits, serverDrains, serverIgnores} {
		base.keep = false
		cells = append(cells, base.scenes(0, response)...)
		if base.mode == serverExits {
			base.keep = true
			cells = append(cells, base.scenes(response)...)
		}
	}
	return cells
}

// scenes returns the cell behind routes of each kind and lag, with each of the
// response times; behind health checks with the last of them.
func (c cell) scenes(responses ...time.Duration) []cell {
	var cells []cell
	c.rule = byStop
	for _, c.lag = range []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second, 8 * time.Second} {
		for _, c.response = range responses {
			cells = append(cells, c.lanes()...)
		}
	}
	c.rule, c.lag = byProbe, 200*time.Millisecond
	return append(cells, c.lanes()...)
}

// lanes returns the cell in each lane, and again with the cure where that helps a
// hold that is too short. With the front only the server that it is for: one that
// exits at once.
func (c cell) lanes() []cell {
	lanes := []lane{bare, asleep, drained}
	switch c.mode {
	case serverExits:
		lanes = append(lanes, fronted)
	case serverIgnores:
		c.grace = ignoredGrace
	}
	var cells []cell
	for _, c.lane = range lanes {
		cells = append(cells, c)
	}
	for _, c := range cells {
		if c.underDrainit() && !c.covered() && c.cured().covered() {
			cells = append(cells, c.cured())
		}
	}
	return cells
}

// cured is the cell with the setting that cures what a long lag costs.
func (c cell) cured() cell {
	c.hold, c.grace = cureHold, cureGrace
	return c
}

// estimate is about how long the rollout of a cell takes: what the longest ones
// are started first by.
func (c cell) estimate() time.Duration {
	enters, leaves := c.lag, c.needed()
	if c.rule == byProbe {
		enters += time.Duration(c.probeThreshold) * c.probeInterval
	}
	return enters + replicas*(enters+max(leaves, c.serves())) + 2*settle
}

// longest is how long the cells take at the same time.
func longest(cells []cell) time.Duration {
	var d time.Duration
	for _, c := range cells {
		d = max(d, c.estimate())
	}
	return d
}
