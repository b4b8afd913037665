package main

import (
	"slices"
	"sync"
)

// A row is a wrapper and what became of each trial with it.
type row struct {
	wrapper
	version  string
	mutex    sync.Mutex
	outcomes map[string]outcome

	questions []string // the only ones that are asked, if not all
}

// asked are the signals that are sent to the wrapper alone.
var asked = []string{"TERM", "INT", "QUIT", "HUP", "USR1"}

const ends7 = "exit 7"

// trials are all trials of a wrapper that stays, by what they ask.
func (w wrapper) trials() map[string][]string {
	const end = "watch 5s" // su takes 2 s, whatever its child does, and a busy machine its own time
	watched := "watch 4s"
	if w.long {
		watched = "watch 14s"
	}
	all := map[string][]string{
		ends7:           {"exit7 program", end},
		"exit 0":        {"exit0 program", end},
		"die":           {"die program", end},
		"TERM, exit 0":  {"TERM outer", "watch 300ms", "exit0 program", end},
		"STOP, CONT":    {"STOP around", "exit7 program", "CONT around", end},
		"STOP, TERM":    {"STOP around", "exit0 program", "TERM+CONT around", end},
		"STOP, KILL":    {"STOP around", "exit0 program", "KILL around", end},
		"child stopped": {"STOP child", "watch 1s", "state outer", "CONT child", "watch 500ms", "state outer", "CONT outer", "exit7 program", end},
	}
	for _, s := range asked {
		all[s] = []string{s + " outer", watched, "exit7 program", end}
	}
	return all
}

// measure does the trials. One is enough where the wrapper has become the program.
func (r *row) measure(l lab) {
	all := r.trials()
	do := func(name string) {
		o := l.try(trial{Command: r.command, Setup: r.setup, Terminal: r.terminal, Steps: all[name]})
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.outcomes[name] = o
	}
	do(ends7)
	if o := r.outcomes[ends7]; o.Err != "" || o.execs() {
		return
	}
	var pending sync.WaitGroup
	for name := range all {
		if name != ends7 && r.asks(name) {
			pending.Go(func() { do(name) })
		}
	}
	pending.Wait()
}

// asks reports whether a trial is wanted.
func (r *row) asks(name string) bool {
	return len(r.questions) == 0 || slices.Contains(r.questions, name)
}

// execs reports whether the process that was started has become the program.
func (o outcome) execs() bool { return o.Started == o.Program.PID }
