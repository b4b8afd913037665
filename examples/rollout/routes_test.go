package main

import (
	"errors"
	"testing"
)

func TestRoutesGoByTurns(t *testing.T) {
	var table routes
	if _, err := table.pick(); !errors.Is(err, errNoBackend) {
		t.Errorf("pick from an empty table: error %v, want %v", err, errNoBackend)
	}
	for _, addr := range []string{"a", "b", "c", "b"} {
		table.add(addr)
	}
	table.remove("a")
	table.remove("nobody")
	picked := map[string]int{}
	for range 10 {
		addr, err := table.pick()
		if err != nil {
			t.Fatal(err)
		}
		picked[addr]++
	}
	if len(picked) != 2 || picked["b"] != 5 || picked["c"] != 5 {
		t.Errorf("ten picks after adding a, b, c, b and removing a: %v, want 5 each of b and c", picked)
	}
}
