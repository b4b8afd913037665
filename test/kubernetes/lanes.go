package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

const podContainer = "spec.template.spec.containers.0"

// lane is one way to stop the server, which exits at once on SIGTERM.
type lane struct {
	name string
	edit func(deployment object)
}

// lanes are the rows of the table. All have the example's probes, so that all are as quick.
var lanes = []lane{
	{"bare", func(d object) { bare(d) }},
	{"preStop sleep 5", func(d object) {
		bare(d)
		d.set(podContainer+".lifecycle.preStop.sleep.seconds", 5)
	}},
	{"drainit, hold 5 s", func(d object) {}},
	{"the same, `--unready-after stop`", func(d object) { d.env(podContainer, "DRAINIT_UNREADY_AFTER", "stop") }},
	{"`--front`, hold 3 s", func(d object) {
		d.set(podContainer+".args", words("-mode", "exit", "-addr", "127.0.0.1:8081"))
		d.env(podContainer, "DRAINIT_FRONT", ":8080=127.0.0.1:8081")
		d.env(podContainer, "DRAINIT_DRAIN_DELAY", "3s")
	}},
	{"`--drain-until idle`", func(d object) { d.env(podContainer, "DRAINIT_DRAIN_UNTIL", "idle") }},
	{"hold 1s..15s", func(d object) { d.env(podContainer, "DRAINIT_DRAIN_DELAY", "1s..15s") }},
}

func bare(d object) {
	d.set(podContainer+".command", words("/server"))
	d.set(podContainer+".env", nil)
	d.set(podContainer+".readinessProbe.httpGet", map[string]any{"path": "/healthz", "port": "http"})
	d.set(podContainer+".livenessProbe.httpGet", map[string]any{"path": "/healthz", "port": "http"})
}

func (n lane) deployment(d object, replicas int) {
	d.set("spec.replicas", replicas)
	d.set(podContainer+".args", words("-mode", "exit"))
	n.edit(d)
}

// table rolls every lane out as often as asked, by turns, so that what else the machine does is shared by all.
func (l *lab) table(ctx context.Context, want func(string) bool) ([]*result, error) {
	var results []*result
	var chosen []lane
	for _, n := range lanes {
		if want(n.name) {
			chosen = append(chosen, n)
			results = append(results, &result{Lane: n.name})
		}
	}
	for range l.rollouts {
		for i, n := range chosen {
			name := "lane-" + fmt.Sprint(i)
			if err := l.lane(ctx, name, n, results[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", n.name, err)
			}
			l.say("  %-34s %s; %s", n.name, strings.Join(results[i].row()[1:], "  "), results[i].how())
		}
	}
	return results, nil
}

func (l *lab) lane(ctx context.Context, name string, n lane, r *result) error {
	if err := l.apply(ctx, l.deployed(name, func(d, _ object) { n.deployment(d, 2) })...); err != nil {
		return err
	}
	defer l.remove(ctx, "deployment/"+name, "service/"+name)
	if _, err := l.try(ctx, nil, "rollout", "status", "deployment/"+name, "--timeout=90s"); err != nil {
		return err
	}
	return l.rollout(ctx, name, clients, r)
}

// row is the lane's of the table: what each client lost, what an old pod took, and when all had gone.
func (r result) row() []string {
	row := []string{r.Lane}
	for c := range clients {
		var lost []string
		sent := 0
		for _, tallies := range r.Tallies {
			lost = append(lost, fmt.Sprint(tallies[c].Lost))
			if n := tallies[c].NotSent; n > 0 {
				lost[len(lost)-1] += fmt.Sprintf(" (%d not sent)", n)
			}
			sent += tallies[c].Sent
		}
		row = append(row, fmt.Sprintf("%s of %d", strings.Join(lost, ", "), sent))
	}
	return append(row, span(r.Gone), span(r.Whole))
}

// how says in what ways the last rollout lost requests, and what was said of the first of each client.
func (r result) how() string {
	var all tally
	var first []string
	for i, t := range r.Tallies[len(r.Tallies)-1] {
		all.add(t)
		if t.First != nil {
			first = append(first, fmt.Sprintf("%s at %s: %s", clients[i].name, t.First.Due.Format("15:04:05.000"), t.First.Err))
		}
	}
	if all.Lost == 0 {
		return "none lost"
	}
	return fmt.Sprint(all.By, " first ", strings.Join(first, ", "))
}

// span is from the least to the most.
func span(seconds []float64) string {
	if len(seconds) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f-%.1f s", slices.Min(seconds), slices.Max(seconds))
}
