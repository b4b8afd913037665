package config

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is something wrong with the configuration, for a person to act on:
//
//	--drain-delay "5x" (from DRAINIT_DRAIN_DELAY): unknown unit "x"; did you mean 5s?
type Problem struct {
	Flag     string // with its dashes; "" where it is about no flag
	Value    string // as it may be shown
	HasValue bool
	Variable string // where the value is from; "" if from the flag
	Says     string // what is wrong; what would be right
}

func (p Problem) Error() string {
	if p.Flag == "" {
		return p.Says
	}
	text := p.Flag
	if p.HasValue {
		text += fmt.Sprintf(" %q", p.Value)
	}
	if p.Variable != "" {
		text += " (from " + p.Variable + ")"
	}
	return text + ": " + p.Says
}

// Problems are all that is wrong, in the order in which to read them.
type Problems []Problem

// Error returns a line for each problem, without the last line's end.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = "drainit: " + p.Error()
	}
	return strings.Join(lines, "\n")
}

// Explain begins each line with the program's name, where it does not yet.
func Explain(err error) string {
	var ps Problems
	if errors.As(err, &ps) {
		return ps.Error()
	}
	return "drainit: " + err.Error()
}

// About returns the problems with one setting.
func (r *Reading) About(name string) Problems {
	var about Problems
	for _, p := range r.Problems {
		if p.Flag == "--"+name {
			about = append(about, p)
		}
	}
	return about
}

// Attrs says the problem to machines.
func (p Problem) Attrs(status int) []any {
	attrs := []any{"error", p.Says, "status", status}
	if p.Flag != "" {
		attrs = append(attrs, "flag", p.Flag)
	}
	if p.HasValue {
		attrs = append(attrs, "value", p.Value)
	}
	if p.Variable != "" {
		attrs = append(attrs, "variable", p.Variable)
	}
	return attrs
}
