package main

import (
	"slices"
	"strings"
)

// shellHeads are the columns of shells.tsv.
var shellHeads = append([]string{"suite", "shell", "version", "script", "catches", "ignores"}, methodNames()...)

func methodNames() []string {
	var names []string
	for _, m := range methods {
		names = append(names, m.name)
	}
	return names
}

// shellCell tells what a shell does by one method, for each way in which the program ends; said once where it is the
// same. The outcome is that of the first.
func (l lab) shellCell(s shell, text script, m method) (string, outcome) {
	var cells []string
	var first outcome
	for i, end := range m.ends {
		o := l.tryShell(s, text, m, end)
		if i == 0 {
			first = o
		}
		cells = append(cells, o.tellShell())
	}
	if same := slices.Compact(slices.Clone(cells)); len(same) == 1 {
		return same[0], first
	}
	return strings.Join(cells, " / "), first
}

func (l lab) tryShell(s shell, text script, m method, end string) outcome {
	steps := slices.Clone(m.steps)
	for i := range steps {
		steps[i] = strings.Replace(steps[i], "END", end, 1)
	}
	command := append(slices.Clone(s.command), "-c", text.written(s.command))
	return l.try(trial{Command: command, Setup: "cp /bin/bash /tmp/sh", Steps: steps})
}

// tellShell is how the shell ended, and what it ran.
func (o outcome) tellShell() string {
	if o.Err != "" {
		return failed(o.Err + " " + o.Output)
	}
	said := []string{"goes on"}
	for _, e := range o.Events {
		switch what, ended := strings.CutPrefix(e.What, "outer "); {
		case ended:
			said[0] = what
		case e.What == "next" || e.What == "trapped":
			said = append(said, e.What)
		case e.What == "program started again":
			said = append(said, "again")
		}
	}
	// A loop goes round for as long as it is watched.
	return strings.Join(slices.Compact(said[:min(len(said), 4)]), ", ")
}

// dispositions are what the shell nearest to the program catches and ignores.
func (o outcome) dispositions() (catches, ignores string) {
	if len(o.Around) == 0 {
		return "-", "-"
	}
	p := o.Around[len(o.Around)-1]
	return namesOf(p.Catches), namesOf(p.Ignores)
}
