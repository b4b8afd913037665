package main

import (
	"strings"
	"syscall"
	"time"

	"drainit/internal/signals"
)

// A scenario is one life of a program: it starts, is asked, and gets signals.
type scenario struct {
	Prepare bool             // only what has to be there before the first start
	Signals []syscall.Signal // one after the other, gap apart
	Request int              // seconds that a request in flight takes; 0: none is
	Fresh   bool             // new connections are made after the signal
	Kept    bool             // a connection is kept that has been answered once
	Watch   int              // seconds to look on after the last signal
	Drainit bool             // drainit starts it, and gets the signals
	Grace   int              // seconds, of a stop that tries the stop budget
}

// gap is between signals: time to act on the first one.
const gap = 700 * time.Millisecond

func (s scenario) name() string {
	if s.Prepare {
		return "prepare"
	}
	var names []string
	for _, sig := range s.Signals {
		names = append(names, short(sig))
	}
	name := strings.Join(names, ",")
	switch {
	case s.Drainit:
		return "under " + name
	case s.Kept:
		return "kept " + name
	case len(s.Signals) > 1:
		return "then " + name
	case s.Request == long:
		return "long " + name
	case s.Request > 0:
		return "flight " + name
	}
	return "idle " + name
}

func short(sig syscall.Signal) string { return strings.TrimPrefix(signals.Name(sig), "SIG") }

// A result is what came of a scenario.
type result struct {
	Comm     string
	Argv     []string
	Ended    bool
	Status   string  // "0", or the name of the signal that ended it
	Seconds  float64 // from the last signal to the end
	Left     int     // processes that live on without it
	Serves   bool    // of one that did not end: it still answers
	Answer   answer  // to the request in flight
	Orphaned bool    // that was answered by somebody else than the program, which had ended
	New      []answer
	Sent     string // the signals that drainit sent, "," between them
	Killed   string // whether it sent SIGKILL, and had said that it may
}
