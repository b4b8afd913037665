package drain

import (
	"fmt"
	"strings"
	"time"
)

// Connections counts the connections that came in to the program, each once.
type Connections struct {
	InFlight   int // a request is
	Idle       int
	Undecided  int // the kernel does not tell which: taken for in flight
	Unaccepted int // the program has not accepted it, and would reset it by stopping

	// Program is what the program itself says that it is busy with, or that it does not
	// say; "": it is idle, or not asked.
	Program string
}

// Seen is what a look showed.
type Seen struct {
	Known bool
	At    time.Time
	Connections
}

// busy counts those that somebody may be waiting for.
func (c Connections) busy() int { return c.InFlight + c.Undecided + c.Unaccepted }

// parts lists what there is, in words.
func (c Connections) parts() []string {
	var parts []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(c.InFlight, "request in flight", "requests in flight")
	add(c.Undecided, "connection undecided", "connections undecided")
	add(c.Unaccepted, "connection not accepted", "connections not accepted")
	add(c.Idle, "idle connection", "idle connections")
	if c.Program != "" {
		parts = append(parts, c.Program)
	}
	return parts
}

// String says what there is: "3 requests in flight, 41 idle connections".
func (c Connections) String() string {
	if c == (Connections{}) {
		return "no connections"
	}
	return strings.Join(c.parts(), ", ")
}

// Evidence says what had become of the connections when the stop signal was
// sent: "3 requests in flight had finished, 41 idle connections remained". It is
// empty where nothing was seen.
func (r Record) Evidence() string {
	if !r.AtStop.Known {
		return ""
	}
	rest := r.AtStop.String() + " remained"
	if n := r.Finished(); n > 0 {
		return Connections{InFlight: n}.String() + " had finished, " + rest
	}
	return rest
}

// Finished is how many requests had finished at the stop signal since they were
// waited for.
func (r Record) Finished() int {
	if !r.AwaitedAt.Known || !r.AtStop.Known {
		return 0
	}
	return max(0, r.AwaitedAt.busy()-r.AtStop.busy())
}
