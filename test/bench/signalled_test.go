package main

import "testing"

// The handler alone as PID 1 catches what it is sent and ends when it is told to.
func TestSignalled(t *testing.T) {
	got, err := signal(none, built(t, "test/bench/handler"))
	possible(t, err)
	if got.handled <= 0 || got.stopped <= 0 {
		t.Errorf("got %+v, want both above 0", got)
	}
}

// Whoever does not forward must not be measured as fast: true(1) as an init ends, and so does what follows the signal.
func TestSignalledWithoutAProgram(t *testing.T) {
	if got, err := signal(contender{"broken", "/bin/true"}, "/absent"); err == nil {
		t.Errorf("got %+v and no error, want one", got)
	}
}
