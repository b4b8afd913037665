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
// sent: "3 requests in flight had finished, 41 idle connections left". It is
// empty where nothing was seen.
func (r Record) Evidence() string {
	if !r.AtStop.Known {
		return ""
	}
	left := r.AtStop.String() + " left"
	finished := Connections{InFlight: r.AwaitedAt.busy() - r.AtStop.busy()}
	if r.AwaitedAt.Known && finished.InFlight > 0 {
		return finished.String() + " had finished, " + left
	}
	return left
}
