package main

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// The test binary is its own last stage before an init, as the bench is.
func TestMain(m *testing.M) {
	step(os.Args[1:])
	os.Exit(m.Run())
}

// built builds one of the commands of this repository.
func built(t *testing.T, importPath string) string {
	t.Helper()
	path, err := build(t.TempDir(), "drainit/"+importPath)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// possible fails the test for an error, but skips it where namespaces are not to be had.
func possible(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("needs root for namespaces:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The child alone as PID 1: every stamp is there, in order, and the exit is seen.
func TestLife(t *testing.T) {
	got, err := live(none, built(t, "test/bench/child"))
	possible(t, err)
	if got.start <= 0 || got.exit <= 0 {
		t.Errorf("got start %v and exit %v, want both above 0", got.start, got.exit)
	}
}

// An init that cannot start its program must not be measured as a fast one.
func TestLifeOfABrokenInit(t *testing.T) {
	got, err := live(contender{"broken", "/bin/true"}, "/absent")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("needs root for namespaces:", err)
	}
	if err == nil || !strings.Contains(err.Error(), "did not begin") {
		t.Errorf("got %v, error %v; want an error that says its program did not begin", got, err)
	}
}

// All take the same number of turns, and the results are each one's own.
func TestTakeTurns(t *testing.T) {
	all := []contender{{name: "a"}, {name: "bb"}}
	got, err := takeTurns(all, 5, func(c contender) (int, error) { return len(c.name), nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if len(got[c]) != 5 || got[c][4] != len(c.name) {
			t.Errorf("%s: got %v, want five times %d", c.name, got[c], len(c.name))
		}
	}
	broken := errors.New("broken")
	if _, err := takeTurns(all, 1, func(contender) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("got error %v, want that of the turn", err)
	}
}

func TestChosen(t *testing.T) {
	for list, want := range map[string]int{"": len(parts), "size": 1, "rollout,size": 2} {
		if got, err := chosen(list); err != nil || len(got) != want {
			t.Errorf("-only %q: got %d parts, error %v; want %d", list, len(got), err, want)
		}
	}
	if _, err := chosen("size,sise"); err == nil || !strings.Contains(err.Error(), "no part sise;") {
		t.Errorf("got error %v, want one that names the part that is not there", err)
	}
}
