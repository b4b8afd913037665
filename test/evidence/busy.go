package main

import (
	"fmt"
	"slices"
	"time"

	"drainit/test/markdown"
)

// busyGrace and busyDelay of these stops.
const (
	busyGrace = 20 * time.Second
	busyDelay = time.Second
)

// measureBusy stops a server that drains by itself, with 50 connections on which requests follow each other.
func measureBusy(s settings) (tables, error) {
	n := 2
	if s.full {
		n = 10
	}
	rows := [][]string{{"each client asks again", "`--drain-until delay`: exit after, s", "lost", "`--drain-until idle`: exit after, s", "lost", "why it ended"}}
	for _, think := range []time.Duration{0, time.Second, 10 * time.Second} {
		row := []string{"at once"}
		if think > 0 {
			row[0] = fmt.Sprint("after ", think)
		}
		for _, until := range []string{"delay", "idle"} {
			outcomes, err := playAll(slices.Repeat([]stop{s.busyStop(until, think)}, n))
			if err != nil {
				return nil, err
			}
			row = append(row, busyCells(outcomes)...)
		}
		rows = append(rows, append(row[:3], row[4:]...)) // why a delay ended is known
	}
	return tables{"busy": markdown.Table(rows)}, nil
}

func (s settings) busyStop(until string, think time.Duration) stop {
	server := []string{s.server, "-addr", serverAddr, "-mode", "drain", "-response-time", "100ms"}
	flags := []string{"--drain-until", until, "--drain-delay", busyDelay.String(), "--grace-period", busyGrace.String()}
	return stop{Argv: append(s.withDrainit(flags), server...), Warm: 3 * time.Second, Kept: 50, Think: think, Paths: []string{"/"}}
}

func busyCells(outcomes []outcome) []string {
	var exits []time.Duration
	requests, lost := 0, 0
	why := map[string]int{}
	for _, o := range outcomes {
		exits = append(exits, o.Exit)
		requests += o.Requests
		lost += o.lost()
		why[o.HoldEnded]++
	}
	return []string{
		spread(exits),
		fmt.Sprintf("%d of %d", lost, requests),
		reasons(why),
	}
}

// reasons lists what was said, and how often.
func reasons(why map[string]int) string {
	text := ""
	for _, r := range []string{"hold over", "nothing in flight", "reserve begins"} {
		if why[r] > 0 {
			if text != "" {
				text += ", "
			}
			text += fmt.Sprintf("%s %d", r, why[r])
		}
	}
	return text
}
