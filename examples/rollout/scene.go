package main

import (
	"fmt"
	"time"
)

// scene is what is played at the same time, and what came of it.
type scene struct {
	settings
	results []result // of each cell; sums where it was played several times
}

// demoHold is the hold of the second scene of -demo: no hold keeps connections
// that clients keep, so it is no longer than shows that.
const demoHold = 3 * time.Second

// scenes are the scenes to play, one after the other.
func (s settings) scenes() []scene {
	scenes := []scene{{settings: s}}
	if s.demo {
		s.cell.keep, s.cell.mode, s.lanes = true, serverExits, []lane{bare, asleep, drained, fronted}
		if !s.given["hold"] {
			s.cell.hold = demoHold
		}
		scenes = append(scenes, scene{settings: s})
	}
	return scenes
}

// heading says in one line what the scene is.
func (s scene) heading() string {
	c := s.cell
	what := "A new connection for each request"
	if c.keep {
		what = "POSTs on connections that clients keep"
	}
	follows := "the stop"
	if c.rule == byProbe {
		follows = "health checks"
	}
	return fmt.Sprintf("%s; on SIGTERM the server %s; routes follow %s %v late", what, c.does(), follows, c.lag)
}

// does says what the server does on SIGTERM.
func (c cell) does() string {
	switch c.mode {
	case serverExits:
		return "exits at once"
	case serverDrains:
		return "drains"
	default:
		return "ignores it"
	}
}

// drawn reports whether the scene's results are of single rollouts, one in each
// lane: what can be drawn and told.
func (s settings) drawn() bool { return !s.full && s.rollouts == 1 }

// span is how long a rollout took, its load before and after included.
func (r result) span() time.Duration { return r.ended.Sub(r.began) }

// span is the longest of the results.
func (s scene) span() time.Duration {
	var span time.Duration
	for _, r := range s.results {
		span = max(span, r.span())
	}
	return span
}

// all are the results of all scenes.
func all(scenes []scene) []result {
	var results []result
	for _, s := range scenes {
		results = append(results, s.results...)
	}
	return results
}
