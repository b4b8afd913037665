package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"drainit/examples/internal/console"
	"drainit/examples/load"
)

// drawn is a result with the life of one replica, which loses so many requests, the
// first when its routes should have left, on a scale of seconds.
func drawn(c cell, lost int) result {
	began := time.Unix(1000, 0)
	at := func(d time.Duration) time.Time { return began.Add(d) }
	t0 := at(3 * time.Second)
	end := t0.Add(c.serves())
	r := judged(c, 0)
	r.began, r.ended, r.took = began, end.Add(2*time.Second), end.Sub(began)-time.Second
	r.t0, r.stops = map[string]time.Time{"a": t0}, []time.Duration{c.serves()}
	r.lives = []life{
		{name: "replica-1", version: oldVersion, addr: "a", started: began, ready: at(100 * ms), stopRequest: t0, stopSignal: end, exited: end.Add(500 * ms), status: 143},
		{name: "replica-1", version: newVersion, addr: "b", started: at(time.Second), ready: at(1100 * ms)},
	}
	r.routed = []change{{"a", at(1100 * ms), true}, {"b", at(2100 * ms), true}, {"a", t0.Add(c.routed()), false}}
	r.counts = counts{sent: 1000, versions: map[string]int{oldVersion: 500, newVersion: 500 - lost}}
	for i := range lost {
		r.counts.losses = append(r.counts.losses, loss{addr: "a", seen: end.Add(time.Duration(i) * 10 * ms), how: load.Losses[i%3]})
	}
	return r
}

// scenesOf are the scenes of a command line, with so many lost in each lane.
func scenesOf(t *testing.T, lost map[lane]int, args ...string) []scene {
	t.Helper()
	s, err := parse(args, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	scenes := s.scenes()
	for i := range scenes {
		for _, c := range scenes[i].cells() {
			n := lost[c.lane]
			if c.covered() && n > 0 && len(scenes) > 1 { // lost in the other scene
				n = 0
			}
			scenes[i].results = append(scenes[i].results, drawn(c, n))
		}
	}
	return scenes
}

func TestEnding(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		lost   map[lane]int
		want   []string // in this order
		not    string
		status int
	}{
		{"nothing lost under drainit", nil, map[lane]int{bare: 50}, []string{
			"bare     ============", "x",
			"Lost 50 of 1000 requests (refused 17, reset 17, cut 16), from 0.00s to 0.49s after the stop request: 50 at replica-1 v1.",
			"SIGTERM reached the server at once. It closed its port; the routes still led to it for 1s.",
			"sleep    ", "Lost none of 1000 requests. The platform slept for 5s before it sent SIGTERM",
			"drainit  ", "Lost none of 1000 requests. drainit's /readyz was red at once, SIGTERM was held for 5s, and the routes had left after 1s.",
			"What cures it: a hold of more than 1s", "Here sleep and drainit lost nothing.",
			"New connections: bare lost 50 of 1000, sleep lost none of 1000, drainit lost none of 1000.", "exit status 0",
			"-lag 8s\n", "-keep\n", "loadcheck",
		}, "", 0},
		{"the hold is shorter than the lag", []string{"-lag", "8s"}, map[lane]int{bare: 90, asleep: 30, drained: 31}, []string{
			"drainit  ", "After 5s the server closed its port; but the routes led to it for 8s.",
			"What cures it: a longer hold, of more than 8s: --drain-delay 9s, or as long a sleep; here -hold 9s.",
			"exit status 1", "-lag 8s -hold 9s\n        what cures it", "rollout: drainit lost 31 requests", "raise -hold",
		}, "lost nothing.", 1},
		{"kept connections", []string{"-keep", "-hold", "3s"}, map[lane]int{bare: 60, asleep: 40, drained: 41}, []string{
			"bare     ", "It exited, and cut what it was answering.",
			"drainit  ", "stay with a replica whatever the routes say, here through the hold of 3s. Then the server exited",
			"front    ", "--front :8080=127.0.0.1:8081", "drainit's own proxy served on for 3s and told each client to leave",
			"What cures it: --front", "Here front lost nothing.", "exit status 0",
		}, "raise", 0},
		{"kept connections without the front", []string{"-keep", "-lanes", "drainit"}, map[lane]int{drained: 41}, []string{
			"What cures it: --front", "-keep -lag 1s -lanes drainit,front\n",
		}, "lost nothing.", 0},
		{"bare only", []string{"-lanes", "bare"}, map[lane]int{bare: 50}, []string{
			"What cures it: a hold of more than 1s, which is how long requests still come: --drain-delay, or a preStop sleep.\n", "exit status 0",
		}, "lost nothing.", 0},
		{"bare loses nothing", []string{"-lanes", "bare"}, nil, []string{
			"Lost none of 1000 requests. That is luck", "exit status 1", "nothing was demonstrated",
		}, "What cures it", 1},
		{"a sleep behind health checks", []string{"-routes", "probe"}, map[lane]int{bare: 50, asleep: 51}, []string{
			"sleep    ", "Nothing turns red while the platform sleeps",
			"What cures it: drainit: /readyz is red from the stop request on", "Here drainit lost nothing.",
		}, "", 0},
		{"both scenes", []string{"-demo"}, map[lane]int{bare: 50, asleep: 40, drained: 41}, []string{
			"A new connection for each request; on SIGTERM the server drains", "Here sleep and drainit lost nothing.",
			"POSTs on connections that clients keep; on SIGTERM the server exits at once", "Here front lost nothing.",
			"exit status 0", "-lag 8s\n",
		}, "lane ", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			scenes := scenesOf(t, tt.lost, tt.args...)
			var out bytes.Buffer
			// Wide, so that no sentence is broken.
			if status := scenes[0].conclude(&out, console.Paper{Width: 1000}, scenes); status != tt.status {
				t.Errorf("exit status %d, want %d", status, tt.status)
			}
			rest := out.String()
			for _, want := range tt.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Errorf("%q is not said, or not in its place, in\n%s", want, out.String())
				}
				rest = after
			}
			if tt.not != "" && strings.Contains(out.String(), tt.not) {
				t.Errorf("%q is said in\n%s", tt.not, out.String())
			}
		})
	}
}

// A bar shows when something was lost, and fits on the paper.
func TestBars(t *testing.T) {
	scenes := scenesOf(t, map[lane]int{bare: 100})
	for _, width := range []int{40, 80, 120} {
		paper := console.Paper{Width: width}
		unit := scenes[0].unit(paper)
		for _, r := range scenes[0].results {
			bar := r.bar(unit)
			if len(bar)+barIndent > width || painted(bar) == bar {
				t.Errorf("width %d: %d marks, want them to fit after %d", width, len(bar), barIndent)
			}
			if lost := strings.ContainsRune(bar, markLost); lost != (r.cell.lane == bare) {
				t.Errorf("width %d, %s: bar %q shows a loss: %t", width, r.cell.lane, bar, lost)
			}
		}
	}
	r := scenes[0].results[0] // bare, from 3s to 4s of 5s
	if got, want := r.bar(500*ms), "======xx=="; got != want {
		t.Errorf("bar %q, want %q", got, want)
	}
	r.counts.losses = nil
	if got, want := r.bar(500*ms), "======|==="; got != want {
		t.Errorf("bar %q, want %q", got, want)
	}
}

// The page of recorded results is the one that was looked at.
func TestReport(t *testing.T) {
	const golden = "testdata/report.html"
	scenes := scenesOf(t, map[lane]int{bare: 5, asleep: 4, drained: 6}, "-demo")
	var got bytes.Buffer
	next := []suggestion{{"rollout -lag 8s", "routes that lag longer"}}
	if err := report(scenes, next, punctuality(all(scenes))).Write(&got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the page is not %s (go test -update rewrites it)", golden)
	}
	for _, s := range scenes {
		for _, r := range s.results {
			for _, l := range r.counts.losses {
				if text := fmt.Sprintf("<td>%.2fs</td><td>replica-1 v1</td><td>%s, %.2fs after the stop request</td>", r.at(l.seen).Seconds(), l.how, l.seen.Sub(r.t0["a"]).Seconds()); !strings.Contains(got.String(), text) {
					t.Errorf("the page does not have the loss %q", text)
				}
			}
		}
	}
}
