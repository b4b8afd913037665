package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"drainit/examples/load"
)

const (
	plotRows  = 60 // at most, unless an hour a row is too little
	plotWidth = 50 // marks
)

// steps are the lengths that a row of the plot may have, in seconds.
var steps = [...]int{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600}

// writePlot draws what became of the requests, by the time at which they were due.
func writePlot(w io.Writer, seconds []row, slow time.Duration) {
	step := stepFor(len(seconds), plotRows)
	rows := merge(seconds, step)
	most := 0
	for _, r := range rows {
		most = max(most, r.total())
	}
	unit := max(1, (most+plotWidth-1)/plotWidth)
	fmt.Fprintf(w, "a row is %v, by when requests were due; a mark is up to %d: = answered, ~ later than %v, x lost, . not sent\n\n",
		time.Duration(step)*time.Second, unit, slow)
	var before []string
	for i, r := range rows {
		line := fmt.Sprintf("%6ds %6d  %s", i*step, r.total(), r.bar(unit))
		if notes := r.notes(before); notes != "" {
			line += "  " + notes
		}
		fmt.Fprintln(w, line)
		if r.versions != nil {
			before = r.versions
		}
	}
}

// stepFor returns how many seconds a row has for there to be at most so many rows.
func stepFor(seconds, rows int) int {
	for _, step := range steps {
		if (seconds+step-1)/step <= rows {
			return step
		}
	}
	return steps[len(steps)-1]
}

// merge makes rows of step seconds out of those of one.
func merge(seconds []row, step int) []row {
	var rows []row
	for part := range slices.Chunk(seconds, step) {
		var sum row
		for _, r := range part {
			for how, n := range r.outcomes {
				sum.outcomes[how] += n
			}
			sum.slow += r.slow
			sum.unsent += r.unsent
			sum.versions = append(sum.versions, r.versions...)
		}
		slices.Sort(sum.versions)
		sum.versions = slices.Compact(sum.versions)
		rows = append(rows, sum)
	}
	return rows
}

// answered counts what was answered in time.
func (r row) answered() int { return r.outcomes[load.Answered] - r.slow }

func (r row) total() int { return r.outcomes[load.Answered] + r.outcomes.lost() + r.unsent }

// bar draws a row. What there is has a mark, however little; the answered in time
// give way for it.
func (r row) bar(unit int) string {
	marks := func(n int) int { return (n + unit - 1) / unit }
	slow, lost, unsent := marks(r.slow), marks(r.outcomes.lost()), marks(r.unsent)
	fine := max(min(1, r.answered()), marks(r.total())-slow-lost-unsent)
	return strings.Repeat("=", fine) + strings.Repeat("~", slow) + strings.Repeat("x", lost) + strings.Repeat(".", unsent)
}

// notes says what the bar does not: how requests were lost, and who answered
// where that is not as before.
func (r row) notes(before []string) string {
	var notes []string
	if r.outcomes.lost() > 0 {
		notes = append(notes, r.outcomes.lostText())
	}
	if r.unsent > 0 {
		notes = append(notes, fmt.Sprintf("%d not sent", r.unsent))
	}
	if r.versions != nil && !slices.Equal(r.versions, before) && !slices.Equal(r.versions, []string{""}) {
		notes = append(notes, "by "+strings.Join(named(r.versions), " and "))
	}
	return strings.Join(notes, "; ")
}

// unnamed is what answered without saying a version.
const unnamed = "(no version)"

// named gives a name to the version that has none.
func named(versions []string) []string {
	names := slices.Clone(versions)
	for i, name := range names {
		if name == "" {
			names[i] = unnamed
		}
	}
	return names
}
