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

// matrix returns the cells of the full run: every lag, response time and way to
// stop, in every lane, with the rest as in base. Where drainit's hold is too
// short its row is followed by one with the setting that cures it.
func matrix(base cell) []cell {
	var cells []cell
	for _, mode := range []string{serverExits, serverDrains, serverIgnores} {
		for _, lag := range []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second, 8 * time.Second} {
			for _, response := range []time.Duration{0, 500 * time.Millisecond} {
				scene := base
				scene.rule, scene.mode, scene.lag, scene.response, scene.keep = byStop, mode, lag, response, false
				cells = append(cells, scene.lanes()...)
			}
		}
		if mode == serverExits {
			kept := base
			kept.rule, kept.mode, kept.lag, kept.response, kept.keep = byStop, mode, time.Second, 500*time.Millisecond, true
			cells = append(cells, kept.lanes()...)
		}
		probed := base
		probed.keep = false
		probed.rule, probed.mode, probed.lag, probed.response = byProbe, mode, 200*time.Millisecond, 500*time.Millisecond
		cells = append(cells, probed.lanes()...)
	}
	return cells
}

// lanes returns the cell in each lane, and with the cure where it needs one.
func (c cell) lanes() []cell {
	if c.mode == serverIgnores {
		c.grace = ignoredGrace
	}
	lanes := []lane{bare, asleep, drained}
	if c.mode == serverExits {
		lanes = []lane{bare, asleep, fronted, drained}
	}
	var cells []cell
	for _, lane := range lanes {
		c.lane = lane
		cells = append(cells, c)
	}
	if c.covered() || c.keep {
		return cells
	}
	c.hold, c.grace = cureHold, cureGrace
	return append(cells, c)
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
