package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"drainit/test/markdown"
)

// rangeGrace leaves room for the longest hold.
const rangeGrace = 30 * time.Second

// delays are what is compared: a range, and what one would have to guess.
var delays = []string{"1s..15s", "1s", "5s", "10s", "15s"}

// measureRanges stops a server that drains by itself while its routes lag.
func measureRanges(s settings) (tables, error) {
	rows := [][]string{{"connections a second", "lag, s", "requests", "lost", "held, s", "ended in silence"}}
	for _, d := range delays[1:] {
		rows[0] = append(rows[0], "lost by `"+d+"`")
	}
	cells := s.rangeCells()
	var stops []stop
	for _, c := range cells {
		for _, n := range s.numbers() {
			stops = append(stops, slices.Repeat([]stop{s.rangeStop(n.delay, c.lag, c.rate)}, n.stops)...)
		}
	}
	outcomes, err := playAll(stops)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "the latest request began %v after its instant\n", latest(outcomes))
	for _, c := range cells {
		row := []string{fmt.Sprint(c.rate), fmt.Sprint(c.lag.Seconds())}
		for _, n := range s.numbers() {
			row = append(row, n.cells(outcomes[:n.stops])...)
			outcomes = outcomes[n.stops:]
		}
		rows = append(rows, row)
	}
	return tables{"ranges": markdown.Table(rows)}, nil
}

// rangeCell is a row of the table.
type rangeCell struct {
	rate int
	lag  time.Duration
}

func (s settings) rangeCells() []rangeCell {
	var cells []rangeCell
	for _, rate := range []int{5, 50, 500} {
		for _, lag := range []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second, 8 * time.Second} {
			cells = append(cells, rangeCell{rate, lag})
		}
	}
	return cells
}

// number is how many stops are played with a delay.
type number struct {
	delay string
	stops int
}

// numbers are few for fixed delays: what those do is known but for chance.
func (s settings) numbers() []number {
	var list []number
	for i, d := range delays {
		n := number{d, 1}
		switch {
		case s.full && i == 0:
			n.stops = 20
		case s.full:
			n.stops = 5
		}
		list = append(list, n)
	}
	return list
}

func (s settings) rangeStop(delay string, lag time.Duration, rate int) stop {
	// The rate before the stop is known the better the longer the server ran.
	warm := 3 * time.Second
	if rate < 50 {
		warm = 20 * time.Second
	}
	return stop{
		Argv: s.under("drain", "--drain-delay", delay, "--grace-period", rangeGrace.String()),
		Warm: warm, Lag: lag, Rate: rate, Paths: []string{"/50ms"},
	}
}

// under returns the command line of this program's server under drainit.
func (s settings) under(mode string, flags ...string) []string {
	return append(s.withDrainit(flags), s.alone(mode)...)
}

func (s settings) withDrainit(flags []string) []string {
	return append(append([]string{s.drainit, "--log-format", "json"}, flags...), "--")
}

// alone returns the command line of this program's server.
func (s settings) alone(mode string) []string { return []string{s.self, serveStage, mode, serverAddr} }

// cells sums up stops of one kind.
func (n number) cells(outcomes []outcome) []string {
	requests, lost, silent := 0, 0, 0
	var holds []time.Duration
	for _, o := range outcomes {
		requests += o.Requests
		lost += o.lost()
		holds = append(holds, o.Hold)
		if strings.HasPrefix(o.HoldEnded, "silent") {
			silent++
		}
	}
	if n.delay != delays[0] {
		return []string{fmt.Sprintf("%d of %d", lost, requests)}
	}
	return []string{fmt.Sprint(requests), fmt.Sprint(lost), spread(holds), fmt.Sprintf("%d of %d", silent, len(outcomes))}
}

// latest is how far behind its instant any request began: where it is long, the machine was too slow to measure.
func latest(outcomes []outcome) (late time.Duration) {
	for _, o := range outcomes {
		late = max(late, o.Late)
	}
	return late.Round(time.Millisecond)
}
