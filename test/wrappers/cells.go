package main

import (
	"slices"
	"strings"
)

// wrapperHeads are the columns of wrappers.tsv.
var wrapperHeads = []string{"suite", "wrapper", "package", "version", "kind", "around", "argv", "beside", "group", "catches", "ignores", "blocks", "exits with 7", "exits with 0", "dies of TERM",
	"TERM", "INT", "QUIT", "HUP", "USR1", "TERM, program exits with 0", "child stopped", "stopped while it ends", "stopped, then TERM", "stopped, then KILL"}

// cells are the record of a row, without its suite.
func (r *row) cells() []string {
	first := r.outcomes[ends7]
	cells := []string{r.name, r.pack, r.version}
	if first.Err != "" {
		cells = append(cells, failed(first.Err+" "+first.Output))
		return append(cells, slices.Repeat([]string{"-"}, len(wrapperHeads)-1-len(cells))...)
	}
	cells = append(cells, r.kind())
	var comms, argvs, catches, ignores, blocks []string
	for _, p := range first.Around {
		comms = append(comms, p.Comm)
		argvs = append(argvs, strings.Join(p.Argv, " "))
		catches = append(catches, namesOf(p.Catches))
		ignores = append(ignores, namesOf(p.Ignores))
		blocks = append(blocks, namesOf(p.Blocks))
	}
	var beside []string
	for _, p := range first.Beside {
		beside = append(beside, p.Comm)
	}
	group := "the wrapper's group"
	switch p := first.Program; {
	case p.PID == first.Started:
		group = "-"
	case p.Session == p.PID:
		group = "its own session"
	case p.Session != 0 && p.Session != first.Started:
		group = "another session"
	case p.Group == p.PID:
		group = "its own group"
	case p.Group != first.Started:
		group = "another group"
	}
	cells = append(cells, dash(strings.Join(comms, " > ")), dash(strings.Join(argvs, " > ")), dash(strings.Join(beside, " ")), group,
		dash(strings.Join(catches, " > ")), dash(strings.Join(ignores, " > ")), dash(strings.Join(blocks, " > ")))
	tell := func(name string, how func(story) string) {
		o, done := r.outcomes[name]
		switch {
		case !done && !r.asks(name):
			cells = append(cells, "")
		case !done:
			cells = append(cells, "-")
		case o.Err != "":
			cells = append(cells, failed(o.Err))
		default:
			cells = append(cells, how(o.story()))
		}
	}
	tell(ends7, story.end)
	tell("exit 0", story.end)
	tell("die", story.end)
	for _, s := range asked {
		tell(s, story.String)
	}
	tell("TERM, exit 0", story.end)
	tell("child stopped", story.stopping)
	for _, name := range []string{"STOP, CONT", "STOP, TERM", "STOP, KILL"} {
		tell(name, story.end)
	}
	return cells
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// failed is a cell that could not be measured.
func failed(why string) string { return "failed: " + strings.Join(strings.Fields(why), " ") }

// kind is the word for what somebody has to reckon with who sends the wrapper SIGTERM.
func (r *row) kind() string {
	if r.outcomes[ends7].execs() {
		return "exec"
	}
	s := r.outcomes["TERM"].story()
	waits := s.late || s.outer == ""
	switch {
	case s.forked:
		return "forks"
	case s.killed != 0:
		return "kills"
	case waits && len(s.got) == 0:
		return "deaf"
	case waits && strings.Contains(" "+strings.Join(s.got, " "), " TERM"):
		return "transparent"
	case waits:
		return "translates"
	case len(s.got) > 0:
		return "passes, leaves"
	}
	return "leaves"
}
