package shapes_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"drainit/test/shapes/tree"
)

// TestRandomTrees stops random trees: SHAPES_RUNS of them from seed SHAPES_SEED
// on, 10 from 1 unless said. No command runs after the stop that would not have run
// under tini, but a shell's own handler; each server gets its graceful signal once,
// and its time; nothing is waited for beyond the deadline.
func TestRandomTrees(t *testing.T) {
	t.Parallel()
	needRoot(t)
	runs, seed := number("SHAPES_RUNS", 10), number("SHAPES_SEED", 1)
	for i := range runs {
		t.Run(fmt.Sprint(seed+i), func(t *testing.T) {
			t.Parallel()
			randomTree(t, tree.Random(uint64(seed+i)))
		})
	}
}

func number(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return otherwise
}

func randomTree(t *testing.T, n *tree.Node) {
	s := shapeOf(n)
	t.Logf("%q", s.argv)
	tini := play(t, s, tiniArgv)
	t.Logf("tini: %v", tini)
	o := play(t, s, drainitArgv(s))
	t.Logf("drainit: %v", o)
	for _, mark := range o.after {
		if !tree.Trapped(mark) && !slices.Contains(tini.after, mark) {
			t.Errorf("%s ran after the stop", mark)
		}
	}
	for _, server := range n.All(tree.Server) {
		judgeServer(t, server, o)
	}
	if limit := s.deadline() + noise; o.took > limit {
		t.Errorf("took %v, want at most %v", o.took, limit)
	}
	if t.Failed() {
		t.Logf("diary:\n%s\noutput:\n%s", o.diary, o.output)
	}
}

// judgeServer wants one signal, the drain done, and the request whole.
func judgeServer(t *testing.T, n *tree.Node, o outcome) {
	t.Helper()
	want := "TERM"
	if n.Known {
		want = "QUIT"
	}
	if got := o.told[n.Name]; got != want {
		t.Errorf("%s got %q, want %q", n.Name, got, want)
	}
	if !strings.Contains(o.diary, n.Name+" done\n") {
		t.Errorf("%s was not left to drain", n.Name)
	}
	if n.Asked > 0 {
		if got := o.got[request(n)]; got != "whole" {
			t.Errorf("%s: request %s", n.Name, got)
		}
	}
}

// request is what a server is asked for.
func request(n *tree.Node) string { return fmt.Sprintf("%d/%v", n.Port, n.Asked) }

// shapeOf makes a row of a tree. The reserve of the deadline begins after the
// servers' budget.
func shapeOf(n *tree.Node) shape {
	s := shape{argv: n.Argv(), grace: 15 * time.Second}
	n.Each(func(m *tree.Node) {
		switch m.Kind {
		case tree.Server, tree.Job:
			s.up += " " + m.Name + ":ready"
		case tree.Sleep:
			s.up += " sleep"
		}
		if m.Asked > 0 {
			s.gets += " " + request(m)
		}
	})
	return s
}
