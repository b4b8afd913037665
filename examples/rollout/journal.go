package main

import (
	"fmt"
	"strings"

	"drainit/examples/internal/console"
	"drainit/examples/load"
)

// journal prints the events of one rollout. Without a console it is silent.
type journal struct {
	console *console.Console
	lane    lane
	verbose bool // with what the replicas write
}

// add prints an event of a replica, or of the whole rollout where it is nil.
func (j journal) add(r *replica, format string, args ...any) {
	if j.console == nil {
		return
	}
	who := ""
	if r != nil {
		who = r.name + " " + r.version + "  "
	}
	j.console.Event(fmt.Sprintf("%-8s ", j.lane) + who + fmt.Sprintf(format, args...))
}

// lost prints what a replica's stop has cost so far.
func (j journal) lost(r *replica, byOutcome map[load.Outcome]int) {
	total := 0
	var kinds []string
	for _, how := range load.Losses {
		if n := byOutcome[how]; n > 0 {
			total += n
			kinds = append(kinds, fmt.Sprintf("%s %d", how, n))
		}
	}
	if total == 0 {
		j.add(r, "lost no request")
		return
	}
	j.add(r, "lost %d requests: %s", total, strings.Join(kinds, ", "))
}
