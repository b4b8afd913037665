package main

import (
	"fmt"
	"strings"
)

// problem is something wrong with the configuration, for a person to act on:
//
//	--drain-delay "5x" (from DRAINIT_DRAIN_DELAY): unknown unit "x"; did you mean 5s?
type problem struct {
	flag     string // with its dashes; "" where it is about no flag
	value    string // as it may be shown
	hasValue bool
	variable string // where the value is from; "" if from the flag
	says     string // what is wrong; what would be right
}

func (p problem) Error() string {
	if p.flag == "" {
		return p.says
	}
	text := p.flag
	if p.hasValue {
		text += fmt.Sprintf(" %q", p.value)
	}
	if p.variable != "" {
		text += " (from " + p.variable + ")"
	}
	return text + ": " + p.says
}

// problems are all that is wrong, in the order in which to read them.
type problems []problem

// Error returns a line for each problem, without the last line's end.
func (ps problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = "drainit: " + p.Error()
	}
	return strings.Join(lines, "\n")
}
