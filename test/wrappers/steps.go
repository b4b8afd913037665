package main

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"time"
)

var orders = map[string]syscall.Signal{"exit0": orderExit0, "exit7": orderExit7, "die": orderDie}

// What is written down of the steps themselves: an order, the first step, a process that cannot be stopped, and a
// program that cannot end, both of which happen below a tracer.
const (
	ordered   = "-- "
	ready     = "-- ready"
	unstopped = "-- does not stop"
	unended   = "-- program does not end"
)

// step does one step of a trial.
func (w *watch) step(text string) error {
	verb, object, _ := strings.Cut(text, " ")
	switch {
	case verb == "watch":
		limit, err := time.ParseDuration(object)
		w.until(limit, w.allOver)
		return err
	case verb == "state":
		p, _ := readProcess(w.Started)
		w.event("outer is " + p.State)
		return nil
	case object == "program":
		return w.order(verb)
	}
	return w.signal(strings.Split(verb, "+"), object)
}

// signal sends one or more signals to all who are meant. What stops is waited for; and what is inside is given a moment
// to go before its wrapper is told: su, which sees its child stopped, stops too.
func (w *watch) signal(names []string, object string) error {
	targets := w.targets(object)
	if names[0] != "STOP" {
		slices.Reverse(targets)
	}
	for i, pid := range targets {
		for _, name := range names {
			s, known := signalOf(name)
			if !known {
				return errors.New("no such step")
			}
			if err := syscall.Kill(pid, s); err != nil && err != syscall.ESRCH {
				return err
			}
		}
		switch {
		case names[0] == "STOP":
			if !w.until(2*time.Second, func() bool { return stopped(pid) }) {
				w.event(unstopped)
			}
		case i < len(targets)-1:
			w.until(200*time.Millisecond, func() bool { return !alive(pid) })
		}
	}
	w.look()
	return nil
}

// targets returns who is meant, from the outside: the process that was started, its child, or all that is around the
// program.
func (w *watch) targets(object string) []int {
	var pids []int
	for _, p := range w.Around {
		if _, ended := w.ended[p.PID]; !ended {
			pids = append(pids, p.PID)
		}
	}
	inside := append(pids, w.Program.PID)
	switch {
	case object == "outer" && w.over:
		return nil
	case object == "outer":
		return []int{w.Started}
	case object == "child" && len(inside) > 1:
		return inside[1:2]
	case object == "child":
		return nil
	}
	return pids
}

// order tells the program to end, and waits until it has. A program that has ended already is no error.
func (w *watch) order(verb string) error {
	s, known := orders[verb]
	if !known {
		return errors.New("no such order")
	}
	if !alive(w.Program.PID) {
		return nil
	}
	w.event(ordered + verb)
	if err := syscall.Kill(w.Program.PID, s); err != nil && err != syscall.ESRCH {
		return err
	}
	if !w.until(2*time.Second, func() bool { return !alive(w.Program.PID) }) {
		w.event(unended)
	}
	return nil
}

// allOver reports whether nothing is left but this process.
func (w *watch) allOver() bool {
	if !w.over || !w.gone {
		return false
	}
	return len(processes()) == 0
}

// stopped reports whether a process has stopped or is no more.
func stopped(pid int) bool {
	p, ok := readProcess(pid)
	return !ok || p.State == "T" || p.State == "t" || p.State == "Z"
}
