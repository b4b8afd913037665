package main

import (
	"slices"
	"testing"
	"time"
)

// base is a cell with the defaults of the command line.
func base(t *testing.T) cell {
	t.Helper()
	s, err := parse(nil, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	return s.cell
}

func TestMatrixShowsWhatItMust(t *testing.T) {
	cells := matrix(base(t))
	scenes := map[cell]bool{}
	cured := 0
	for _, c := range cells {
		scene := cell{rule: c.rule, mode: c.mode, lag: c.lag, response: c.response, keep: c.keep}
		scenes[scene] = true
		if c.lane == bare && c.mode != serverIgnores && c.covered() {
			t.Errorf("%v: covered, want a loss", c)
		}
		if c.keep && c.covered() && c.lane != fronted {
			t.Errorf("%v: covered, want the front alone to lose nothing", c)
		}
		if margin := (c.serves() - c.needed()).Abs(); margin < 200*time.Millisecond {
			t.Errorf("%v: decided by %v, want 200ms or more", c, margin)
		}
		if c.hold != cureHold {
			continue
		}
		cured++
		uncured := func(u cell) bool { return u != c && u.cured() == c && !u.covered() }
		if !c.covered() || !slices.ContainsFunc(cells, uncured) {
			t.Errorf("%v: covered %t, want it to cure the same cell without it", c, c.covered())
		}
	}
	if want := 3*(4*2+1) + 4 + 1; len(scenes) != want {
		t.Errorf("%d scenes, want %d", len(scenes), want)
	}
	if cured != 7 {
		t.Errorf("%d cures, want 7: of a lag of 8s, for two response times, a server that exits or drains, "+
			"and the front with the first and with kept connections", cured)
	}
	for _, c := range cells {
		if c.hold >= c.deadline() {
			t.Errorf("%v: hold %v is not less than the deadline, %v", c, c.hold, c.deadline())
		}
	}
}

// The front is played wherever the server exits at once, and loses nothing if its
// hold is longer than the lag.
func TestMatrixHasTheFront(t *testing.T) {
	cells := matrix(base(t))
	for _, c := range cells {
		front := c
		front.lane = fronted
		if with := slices.Contains(cells, front); with != (c.mode == serverExits) {
			t.Errorf("%v, hold %v: with the front %t, want only where the server exits", c, c.hold, with)
		}
		if c.lane == fronted && c.covered() != (c.hold > c.lag) {
			t.Errorf("%v, hold %v: covered %t", c, c.hold, c.covered())
		}
	}
}

func TestMatrixTakesAQuarterOfAnHour(t *testing.T) {
	var sum time.Duration
	for _, c := range matrix(base(t)) {
		sum += c.estimate()
	}
	if each := sum / 6; each > 12*time.Minute {
		t.Errorf("at six at a time the rollouts take %v, want at most 12m", each)
	}
}
