package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDefaults(t *testing.T) {
	s, err := parse(nil, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	cells := s.cells()
	if len(cells) != 3 || cells[0].lane != bare || cells[1].lane != asleep || cells[2].lane != drained {
		t.Fatalf("lanes %v, want bare, sleep, drainit", cells)
	}
	for _, c := range cells {
		if total := c.estimate(); total > 45*time.Second || s.atOnce < len(cells) {
			t.Errorf("%v takes about %v, %d at once, want well under a minute and all at once", c, total, s.atOnce)
		}
		if c.covered() == (c.lane == bare) {
			t.Errorf("%v: covered %t, want only bare to lose", c, c.covered())
		}
	}
}

// Kept connections are lost by a server that exits at once, and kept by the front.
func TestKeep(t *testing.T) {
	s, err := parse([]string{"-keep"}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.cells() {
		if c.mode != serverExits || c.covered() != (c.lane == fronted) {
			t.Errorf("%v: covered %t, want front alone", c, c.covered())
		}
	}
	if s, err = parse([]string{"-keep", "-mode", "drain", "-lanes", "bare"}, t.Output()); err != nil || s.cell.mode != serverDrains || len(s.cells()) != 1 {
		t.Errorf("-keep overrules what was given: %+v, %v", s, err)
	}
}

// The demonstration is new connections, then those that clients keep, in all lanes;
// its second hold is shorter unless one is given.
func TestDemo(t *testing.T) {
	for hold, want := range map[string][2]time.Duration{"": {5 * time.Second, demoHold}, "4s": {4 * time.Second, 4 * time.Second}} {
		args := []string{"-demo"}
		if hold != "" {
			args = append(args, "-hold", hold)
		}
		s, err := parse(args, t.Output())
		if err != nil {
			t.Fatal(err)
		}
		scenes := s.scenes()
		if len(scenes) != 2 {
			t.Fatalf("%q: %d scenes, want 2", args, len(scenes))
		}
		total := time.Duration(0)
		for i, scene := range scenes {
			cells := scene.cells()
			total += longest(cells)
			if len(cells) != 3+i || cells[0].keep != (i == 1) || cells[0].hold != want[i] {
				t.Errorf("%q: scene %d is %d of %v, hold %v, want %d, hold %v", args, i, len(cells), cells[0], cells[0].hold, 3+i, want[i])
			}
		}
		if total > 45*time.Second {
			t.Errorf("%q takes about %v, want well under a minute", args, total)
		}
	}
}

// Lanes can be picked from the full run, and everything be played again.
func TestFull(t *testing.T) {
	s, err := parse([]string{"-full"}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	all := s.cells()
	if s, err = parse([]string{"-full", "-lanes", "front", "-rollouts", "20"}, t.Output()); err != nil {
		t.Fatal(err)
	}
	fronts := slices.DeleteFunc(slices.Clone(all), func(c cell) bool { return c.lane != fronted })
	if len(all) != len(matrix(base(t))) || len(fronts) == 0 {
		t.Errorf("%d cells, %d with the front, want the whole matrix", len(all), len(fronts))
	}
	if got, want := s.cells(), slices.Repeat(fronts, 20); !slices.Equal(got, want) {
		t.Errorf("the front 20 times: %d cells, want %d", len(got), len(want))
	}
}

func TestWrongSettingsAreAllReported(t *testing.T) {
	_, err := parse([]string{"-lag", "-1s", "-mode", "stop", "-rate", "0", "-hold", "28s", "-probe-threshold", "0",
		"-probe-interval", "0", "-timeout", "100ms", "-at-once", "0", "-rollouts", "0", "-lanes", "bare,bear"}, t.Output())
	if err == nil {
		t.Fatal("no error, want one that names ten flags")
	}
	for _, flag := range []string{"-lag", "-mode", "-rate", "-hold", "-probe-threshold", "-probe-interval", "-timeout", "-at-once", "-rollouts", "-lanes"} {
		if !strings.Contains(err.Error(), flag+" ") {
			t.Errorf("error %q, want %s in it", err, flag)
		}
	}
}

func TestWrongArguments(t *testing.T) {
	for _, args := range [][]string{{"-routes", "guess"}, {"extra"}, {"-no-such-flag"}, {"-demo", "-keep"}, {"-demo", "-full"},
		{"-report", "x.html", "-full"}, {"-report", "x.html", "-rollouts", "2"}} {
		if _, err := parse(args, t.Output()); err == nil {
			t.Errorf("parse(%q): no error, want one", args)
		}
	}
}
