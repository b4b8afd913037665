package main

import (
	"fmt"
	"slices"
	"time"

	"drainit/test/markdown"
)

// The story: a server that exits at once on SIGTERM, and half of whose answers take longer than anybody's hold.
const (
	short     = "/500ms"
	long      = "/6s"
	storyLag  = 3 * time.Second
	storyHold = 5 * time.Second
	storyRate = 20
)

func measureStory(s settings) (tables, error) {
	n := 2
	if s.full {
		n = 20
	}
	drainit := []string{"--drain-delay", storyHold.String(), "--deadline", "25s"}
	ways := []struct {
		name string
		stop stop
	}{
		{"preStop sleep of 5 s, no drainit", stop{Argv: s.alone("exit"), Sleep: storyHold}},
		{"`--drain-delay 5s --deadline 25s`", stop{Argv: s.under("exit", drainit...)}},
		{"the same, `--drain-until idle`", stop{Argv: s.under("exit", append(drainit, "--drain-until", "idle")...)}},
	}
	rows := [][]string{{"stopped by", "stops", "requests after the stop request", "of 500 ms lost", "of 6 s lost", "cut, as drainit counted", "exit after, s"}}
	for _, way := range ways {
		way.stop.Lag, way.stop.Warm, way.stop.Rate, way.stop.Paths = storyLag, 7*time.Second, storyRate, []string{short, long}
		outcomes, err := playAll(slices.Repeat([]stop{way.stop}, n))
		if err != nil {
			return nil, err
		}
		rows = append(rows, append([]string{way.name, fmt.Sprint(n)}, storyCells(outcomes)...))
	}
	return tables{"story": markdown.Table(rows)}, nil
}

func storyCells(outcomes []outcome) []string {
	requests, cut, atMost := 0, 0, 0
	lost := map[string]int{}
	var exits []time.Duration
	for _, o := range outcomes {
		requests += o.Requests
		for path, n := range o.Lost {
			lost[path] += n
		}
		if o.Cut != nil {
			cut += *o.Cut
		}
		if o.CutAtMost != nil {
			atMost += *o.CutAtMost
		}
		exits = append(exits, o.Exit)
	}
	counted := fmt.Sprint(cut)
	switch {
	case outcomes[0].HoldEnded == "":
		counted = "-" // nobody did
	case atMost > 0:
		counted += fmt.Sprintf(", and %d at most where the kernel did not tell", atMost)
	}
	return []string{
		fmt.Sprint(requests), fmt.Sprint(lost[short]), fmt.Sprint(lost[long]), counted,
		spread(exits),
	}
}
