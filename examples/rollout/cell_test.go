package main

import (
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestCovered(t *testing.T) {
	tests := []struct {
		name     string
		cell     cell
		serves   time.Duration
		needed   time.Duration
		deadline time.Duration
	}{
		{"bare, drains", cell{lane: bare, rule: byStop, mode: serverDrains, lag: 200 * ms, response: 500 * ms}, 0, 200 * ms, 28000 * ms},
		{"bare, exits", cell{lane: bare, rule: byStop, mode: serverExits, lag: 200 * ms, response: 500 * ms}, 0, 700 * ms, 28000 * ms},
		{"bare, ignores", cell{lane: bare, rule: byStop, mode: serverIgnores, lag: 8000 * ms, response: 500 * ms}, 30000 * ms, 8500 * ms, 28000 * ms},
		{"sleep, exits", cell{lane: asleep, rule: byStop, mode: serverExits, lag: 1000 * ms, response: 500 * ms}, 5000 * ms, 1500 * ms, 28000 * ms},
		{"sleep, ignores", cell{lane: asleep, rule: byStop, mode: serverIgnores, lag: 1000 * ms}, 30000 * ms, 1000 * ms, 28000 * ms},
		{"drainit, drains", cell{lane: drained, rule: byStop, mode: serverDrains, lag: 8000 * ms, response: 500 * ms}, 5000 * ms, 8000 * ms, 28000 * ms},
		{"drainit, ignores", cell{lane: drained, rule: byStop, mode: serverIgnores, lag: 8000 * ms, response: 500 * ms}, 28000 * ms, 8500 * ms, 28000 * ms},
		{"bare, probes", cell{lane: bare, rule: byProbe, mode: serverDrains, lag: 200 * ms}, 0, 2200 * ms, 28000 * ms},
		{"sleep, probes see nothing until it ends", cell{lane: asleep, rule: byProbe, mode: serverDrains, lag: 200 * ms}, 5000 * ms, 7200 * ms, 28000 * ms},
		{"front, exits", cell{lane: fronted, rule: byStop, mode: serverExits, lag: 1000 * ms, response: 500 * ms}, 5000 * ms, 1000 * ms, 28000 * ms},
		{"drainit, probes see red at T0", cell{lane: drained, rule: byProbe, mode: serverExits, lag: 200 * ms, response: 500 * ms}, 5000 * ms, 2700 * ms, 28000 * ms},
		{"a short grace period", cell{lane: drained, rule: byStop, mode: serverIgnores, grace: 5000 * ms}, 4000 * ms, 0, 4000 * ms},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := tt.cell
			c.hold, c.probeInterval, c.probeThreshold = 5*time.Second, time.Second, 2
			if c.grace == 0 {
				c.grace = 30 * time.Second
			}
			if c.serves() != tt.serves || c.needed() != tt.needed || c.deadline() != tt.deadline {
				t.Errorf("serves %v, needed %v, deadline %v, want %v, %v, %v", c.serves(), c.needed(), c.deadline(), tt.serves, tt.needed, tt.deadline)
			}
			if got, want := c.covered(), tt.serves >= tt.needed; got != want {
				t.Errorf("covered %t, want %t", got, want)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	b := binaries{server: "/server", drainit: "/drainit"}
	c := cell{mode: serverDrains, response: 500 * ms, hold: 5 * time.Second, grace: 30 * time.Second}
	server := []string{"/server", "-addr", "127.0.0.1:20001", "-version", "v2", "-mode", "drain", "-response-time", "500ms", "-start-delay", "0s"}
	behind := slices.Clone(server)
	behind[2] = "127.0.0.1:20003"
	unready := c
	unready.lane, unready.unready = drained, "stop"
	if got := unready.command(b, "v2", "127.0.0.1:20001", "127.0.0.1:20002", ""); !slices.Equal(got[7:11], []string{"--ports", "20001", "--unready-after", "stop"}) {
		t.Errorf("with -unready-after: command %q", got)
	}
	for _, tt := range []struct {
		lane lane
		want []string
	}{
		{bare, server},
		{asleep, server},
		{drained, append([]string{"/drainit", "--grace-period", "30s", "--drain-delay", "5s",
			"--probe-addr", "127.0.0.1:20002", "--ports", "20001", "--"}, server...)},
		{fronted, append([]string{"/drainit", "--grace-period", "30s", "--drain-delay", "5s",
			"--probe-addr", "127.0.0.1:20002", "--front", "127.0.0.1:20001=127.0.0.1:20003", "--"}, behind...)},
	} {
		c.lane = tt.lane
		if got := c.command(b, "v2", "127.0.0.1:20001", "127.0.0.1:20002", "127.0.0.1:20003"); !slices.Equal(got, tt.want) {
			t.Errorf("%s: command %q, want %q", tt.lane, got, tt.want)
		}
	}
}
