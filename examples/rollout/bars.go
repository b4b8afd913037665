package main

import (
	"fmt"
	"strings"
	"time"

	"drainit/examples/internal/console"
)

// barIndent is where bars and what is said of them begin, in characters: after the
// name of the lane.
const barIndent = 9

// Marks of a bar, each a stretch of time.
const (
	markFine = '=' // nothing was lost
	markLost = 'x'
	markStop = '|' // a replica was asked to stop, and nothing was lost
)

// bar draws a rollout over time, a mark for each unit of it.
func (r result) bar(unit time.Duration) string {
	marks := []rune(strings.Repeat(string(markFine), int((r.span()+unit-1)/unit)))
	put := func(at time.Time, mark rune) {
		if i := int(at.Sub(r.began) / unit); i >= 0 && i < len(marks) {
			marks[i] = mark
		}
	}
	for _, t0 := range r.t0 {
		put(t0, markStop)
	}
	for _, l := range r.counts.losses {
		put(l.seen, markLost)
	}
	return string(marks)
}

// unit is how much time a mark is for the scene's longest bar to fit on paper.
func (s scene) unit(paper console.Paper) time.Duration {
	width := time.Duration(max(10, paper.Width-barIndent))
	const step = 50 * time.Millisecond
	return (s.span()/width/step + 1) * step
}

// key explains the marks.
func key(unit time.Duration) string {
	return fmt.Sprintf("%c answered, %c lost, %c a replica is asked to stop; a mark is %v", markFine, markLost, markStop, unit)
}

// Select Graphic Rendition (ECMA-48 SGR, console_codes(4)).
const (
	sgrLost  = "\x1b[1;31m"
	sgrStop  = "\x1b[1m"
	sgrFine  = "\x1b[32m"
	sgrReset = "\x1b[0m"
)

// painted gives a bar its colours. Its marks differ without them, too.
func painted(bar string) string {
	colours := map[rune]string{markFine: sgrFine, markLost: sgrLost, markStop: sgrStop}
	var out strings.Builder
	before := ' '
	for _, mark := range bar {
		if mark != before {
			out.WriteString(sgrReset + colours[mark])
			before = mark
		}
		out.WriteRune(mark)
	}
	return out.String() + sgrReset
}
