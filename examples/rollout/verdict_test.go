package main

import (
	"strings"
	"testing"
	"time"

	"drainit/examples/load"
)

// judged returns a result of a cell with so many losses at a stopped replica.
func judged(c cell, lost int) result {
	now := time.Unix(1000, 0)
	r := result{cell: c, t0: map[string]time.Time{"a": now}}
	for range lost {
		r.counts.losses = append(r.counts.losses, loss{addr: "a", seen: now.Add(time.Second), how: load.Refused})
	}
	return r
}

// kept is the cell with clients that keep their connections.
func kept(c cell) cell {
	c.keep = true
	return c
}

func TestVerdicts(t *testing.T) {
	in := func(l lane, mode string, lag time.Duration) cell {
		return cell{lane: l, rule: byStop, mode: mode, lag: lag, hold: 5 * time.Second, grace: 30 * time.Second}
	}
	tests := []struct {
		name              string
		result            result
		objects, surprise string // part of the text, none if empty
	}{
		{"drainit loses nothing", judged(in(drained, serverDrains, time.Second), 0), "", ""},
		{"drainit loses though it should not", judged(in(drained, serverDrains, time.Second), 1), "though its hold of 5s covers", "lost 1"},
		{"drainit loses as it must", judged(in(drained, serverDrains, 8*time.Second), 7), "raise -hold", ""},
		{"drainit is lucky", judged(in(drained, serverDrains, 8*time.Second), 0), "", "lost 0"},
		{"bare loses", judged(in(bare, serverDrains, time.Second), 50), "", ""},
		{"bare does not", judged(in(bare, serverDrains, time.Second), 0), "nothing was demonstrated", "lost 0"},
		{"bare ignores SIGTERM", judged(in(bare, serverIgnores, time.Second), 0), "nobody needs a hold", ""},
		{"sleep loses as it must", judged(in(asleep, serverDrains, 8*time.Second), 9), "", ""},
		{"front loses nothing", judged(in(fronted, serverExits, time.Second), 0), "", ""},
		{"front loses though it should not", judged(in(fronted, serverExits, time.Second), 1), "front lost 1 requests, though its hold of 5s covers", "lost 1"},
		{"drainit cannot keep who stays", judged(kept(in(drained, serverExits, time.Second)), 9), "", ""},
		{"front can", judged(kept(in(fronted, serverExits, time.Second)), 1), "front lost 1", "lost 1"},
		{"front is too short for who comes", judged(kept(in(fronted, serverExits, 8*time.Second)), 3), "raise -hold", ""},
		{"nobody comes", judged(kept(in(fronted, serverExits, 8*time.Second)), 0), "", ""},
		{"nobody was cut", judged(kept(in(drained, serverExits, time.Second)), 0), "", "lost 0"},
		{"bare loses who stays", judged(kept(in(bare, serverExits, time.Second)), 9), "", ""},
		{"sleep loses though it should not", judged(in(asleep, serverDrains, time.Second), 9), "", "lost 9"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check := func(what string, got []string, want string) {
				text := strings.Join(got, "\n")
				if (text == "") != (want == "") || !strings.Contains(text, want) {
					t.Errorf("%s %q, want %q", what, text, want)
				}
			}
			check("objections", objections([]result{tt.result}), tt.objects)
			check("surprises", surprises([]result{tt.result}), tt.surprise)
		})
	}
}

func TestStrayLossesAreSaid(t *testing.T) {
	stray := judged(cell{lane: asleep, rule: byStop, mode: serverDrains, hold: time.Second, lag: 2 * time.Second}, 0)
	stray.counts.losses = []loss{{addr: "nobody stopped this one"}}
	const want = "1 requests were lost at replicas that were not being stopped"
	for what, got := range map[string][]string{"objections": objections([]result{stray}), "surprises": surprises([]result{stray})} {
		if len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s %q, want %q alone", what, got, want)
		}
	}
}

func TestPunctuality(t *testing.T) {
	var results [2]result
	results[1].counts.late = 12340 * time.Microsecond
	if got, want := punctuality(results[:]), "latest start of a request: 12.3ms after its instant"; got != want {
		t.Errorf("punctuality %q, want %q", got, want)
	}
	results[0].counts.late = 2 * time.Second
	if got := punctuality(results[:]); !strings.Contains(got, "2s after its instant (a busy machine") {
		t.Errorf("punctuality %q, want it to say that the machine is busy", got)
	}
}

func TestCures(t *testing.T) {
	c := cell{lane: drained, rule: byStop, mode: serverDrains, lag: 8 * time.Second, hold: 5 * time.Second, grace: 30 * time.Second}
	cured := c
	cured.hold, cured.grace = cureHold, cureGrace
	const want = "drainit, routes by stop, lag 8s, response 0s, server drain: lost 9 with --drain-delay 5s --grace-period 30s, " +
		"and none with --drain-delay 10s --grace-period 30s"
	other := c
	other.lane = fronted
	if got := cures([]result{judged(c, 9), judged(other, 9), judged(cured, 0)}); len(got) != 1 || got[0] != want {
		t.Errorf("cures %q, want only %q", got, want)
	}
	for _, lost := range [][2]int{{0, 0}, {9, 1}} {
		if got := cures([]result{judged(c, lost[0]), judged(cured, lost[1])}); len(got) > 0 {
			t.Errorf("lost %d, then %d: cures %q, want none", lost[0], lost[1], got)
		}
	}
}
