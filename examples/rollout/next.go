package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// suggestion is a command that the reader may try next, and what it shows.
type suggestion struct{ command, shows string }

// suggestions follow from what was lost: what cures it, where that is a flag, and
// else what there is to see.
func suggestions(scenes []scene, play string) []suggestion {
	var list []suggestion
	for _, s := range scenes {
		list = append(list, s.cures(play)...)
	}
	if list == nil {
		list = []suggestion{
			{play + " -lag 8s", "routes that lag longer than the hold: drainit loses, too"},
			{play + " -lag 8s -hold 10s", "and the hold that cures it"},
			{play + " -routes probe", "a balancer with health checks: the sleep only moves the loss"},
		}
		if len(scenes) == 1 && !scenes[0].cell.keep {
			list = append(list, suggestion{play + " -keep", "connections that clients keep, and --front"})
		}
	}
	return append(list, suggestion{"go run ./examples/loadcheck -rate 100 -duration 5m URL", "what your own rollouts lose, before drainit and with it"})
}

// cures are the flags that cure what drainit lost in a scene.
func (s scene) cures(play string) []suggestion {
	c := s.cell
	for _, r := range s.results {
		c.lane = r.cell.lane
		switch {
		case len(r.counts.losses) == 0 || !c.underDrainit() || c.covered():
		case c.pinned() && slices.Contains(s.lanes, fronted): // it was shown what cures it
		case c.pinned():
			return []suggestion{{play + c.flags(" -lanes drainit,front"), "the same with drainit's own proxy, which has the clients leave"}}
		default:
			return []suggestion{{play + c.flags(c.enough()), "what cures it"}}
		}
	}
	return nil
}

// enough are the flags for a hold that is long enough, and the grace period that
// such a hold needs.
func (c cell) enough() string {
	c.hold = c.enoughHold()
	flags := fmt.Sprintf(" -hold %v", c.hold)
	if c.hold >= c.deadline() || c.mode == serverIgnores {
		flags += fmt.Sprintf(" -grace %v", c.hold+10*time.Second)
	}
	return flags
}

// flags are those that play the cell in a scene of its own, and then more.
func (c cell) flags(more string) string {
	var flags strings.Builder
	if c.keep {
		flags.WriteString(" -keep")
	}
	if c.mode != serverDrains && !c.keep {
		fmt.Fprintf(&flags, " -mode %s", c.mode)
	}
	if c.rule != byStop {
		fmt.Fprintf(&flags, " -routes %s", c.rule)
	}
	fmt.Fprintf(&flags, " -lag %v", c.lag)
	return flags.String() + more
}

// self is how this program was started, so that it can be written in a command.
func (s settings) self() string {
	if strings.Contains(os.Args[0], "go-build") {
		return "go run ./examples/rollout"
	}
	command := os.Args[0]
	if s.server != "" {
		command += " -server " + s.server
	}
	return command
}
