package main

import (
	"testing"
	"time"
)

func TestInitSum(t *testing.T) {
	const trace = "init internal/bytealg @0.009 ms, 0.002 ms clock, 0 bytes, 0 allocs\n" +
		"init runtime @0.05 ms, 0.035 ms clock, 0 bytes, 0 allocs\nvX init x @1 ms, 5 ms clock,\n" +
		"init a.example/b-c/d_e @2.5 ms, 1 ms clock, 5440 bytes, 14 allocs\n"
	if got, want := initSum(trace), 1037*time.Microsecond; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The runtime still writes what is read, and drainit's --version goes as far as its packages' initialisation.
func TestPackageInit(t *testing.T) {
	got, err := packageInit(built(t, "cmd/drainit"))
	if err != nil || got <= 0 {
		t.Errorf("got %v, error %v, want some time", got, err)
	}
}
