package main

import (
	"os"
	"testing"

	"drainit/examples/internal/console"
)

// TestMain lets the test binary take the steps into a namespace, as the
// demonstration itself does.
func TestMain(m *testing.M) {
	if status, ok := step(os.Args[1:]); ok {
		os.Exit(status)
	}
	os.Exit(m.Run())
}

func TestOneLossBehindTheFrontFailsTheCommand(t *testing.T) {
	for _, args := range [][]string{{"-full"}, {"-keep"}, {"-keep", "-rollouts", "3"}} {
		s, err := parse(append(args, "-lanes", "front"), t.Output())
		if err != nil {
			t.Fatal(err)
		}
		var results []result
		for _, c := range s.cells() {
			if c.covered() {
				results = append(results, judged(c, 0))
			}
		}
		if status := s.conclude(t.Output(), console.Paper{Width: 80}, []scene{{settings: s, results: results}}); status != 0 {
			t.Errorf("%q, nothing lost: status %d, want 0", args, status)
		}
		results[len(results)-1] = judged(results[len(results)-1].cell, 1)
		if status := s.conclude(t.Output(), console.Paper{Width: 80}, []scene{{settings: s, results: results}}); status != 1 {
			t.Errorf("%q, one request lost: status %d, want 1", args, status)
		}
	}
}
