package main

import (
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
	for i, c := range cells {
		scene := cell{rule: c.rule, mode: c.mode, lag: c.lag, response: c.response, keep: c.keep}
		scenes[scene] = true
		if c.lane == bare && c.mode != serverIgnores && c.covered() {
			t.Errorf("%v: covered, want a loss", c)
		}
		if c.keep && c.covered() != (c.lane == fronted) {
			t.Errorf("%v: covered %t, want the front alone to lose nothing", c, c.covered())
		}
		if margin := (c.serves() - c.needed()).Abs(); margin < 200*time.Millisecond {
			t.Errorf("%v: decided by %v, want 200ms or more", c, margin)
		}
		if c.hold != cureHold {
			continue
		}
		cured++
		if before := cells[i-1]; before.lane != drained || before.covered() || before.lag != c.lag || !c.covered() {
			t.Errorf("%v: the cure follows %v, want the same cell without it, losing", c, before)
		}
	}
	if want := 3*4*2 + 3 + 1; len(scenes) != want {
		t.Errorf("%d scenes, want %d", len(scenes), want)
	}
	if cured != 4 {
		t.Errorf("%d cures, want 4: of a lag of 8s, for two response times and a server that exits or drains", cured)
	}
	for _, c := range cells {
		if c.hold >= c.deadline() {
			t.Errorf("%v: hold %v is not less than the deadline, %v", c, c.hold, c.deadline())
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
