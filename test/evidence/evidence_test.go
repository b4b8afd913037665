package main

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"drainit/test/markdown"
)

// The test binary is every stage, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && stages()[os.Args[1]] != nil {
		fail(stages()[os.Args[1]](os.Args[2:]))
		return
	}
	os.Exit(m.Run())
}

// play plays one stop, or skips the test where there are no namespaces.
func play(t *testing.T, s stop) outcome {
	t.Helper()
	o, err := s.inNamespace(func() {})
	if errors.Is(err, syscall.EPERM) {
		t.Skip("needs root for namespaces:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// What a stop without drainit loses is counted, and what it does not lose is not.
func TestStop(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	alone := settings{self: self}.alone("exit")
	for _, tt := range []struct {
		name string
		stop stop
		lost bool
	}{
		{"routes slower than the sleep", stop{Argv: alone, Lag: 2 * time.Second, Sleep: 500 * time.Millisecond, Warm: time.Second, Rate: 50, Paths: []string{"/1ms"}}, true},
		{"routes faster than the sleep", stop{Argv: alone, Lag: 500 * time.Millisecond, Sleep: 3 * time.Second, Warm: time.Second, Rate: 50, Paths: []string{"/1ms"}}, false},
		{"answers slower than the sleep", stop{Argv: alone, Lag: 500 * time.Millisecond, Sleep: time.Second, Warm: time.Second, Rate: 50, Paths: []string{"/5s"}}, true},
		{"kept connections that the server cuts", stop{Argv: alone, Warm: time.Second, Kept: 3, Paths: []string{"/5s"}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := play(t, tt.stop)
			if lost := o.lost() > 0; lost != tt.lost || tt.stop.Rate > 0 && o.Requests == 0 {
				t.Errorf("%d of %d requests lost, want some: %v", o.lost(), o.Requests, tt.lost)
			}
			if o.Hold != tt.stop.Sleep || o.Exit < o.Hold || o.HoldEnded != "" {
				t.Errorf("held %v, exited after %v, %q; want %v and no report", o.Hold, o.Exit, o.HoldEnded, tt.stop.Sleep)
			}
		})
	}
}

// Every scenario brings its connections where it says, and every one of them is found.
func TestScenarios(t *testing.T) {
	for _, sc := range scenarios {
		t.Run(sc.protocol+", "+sc.state, func(t *testing.T) {
			t.Parallel()
			f, err := sc.measure(3, sc.gaps[len(sc.gaps)-1])
			if err != nil {
				t.Fatal(err)
			}
			if n := f.InFlight + f.Idle + f.Undecided; n != 3 || f.Unaccepted != 0 {
				t.Errorf("%+v, want three connections", f.Seen)
			}
		})
	}
}

func TestReport(t *testing.T) {
	var o outcome
	const line = `{"msg":"drain report","hold_seconds":2.5,"hold_ended":"hold over","requests_cut":3}`
	o.read("text\n" + line + "\n")
	if o.Hold != 2500*time.Millisecond || o.HoldEnded != "hold over" || *o.Cut != 3 {
		t.Errorf("%+v", o)
	}
}

func TestSpread(t *testing.T) {
	if got := spread([]time.Duration{3 * time.Second, time.Second, 2 * time.Second}); got != "2.0 (1.0 to 3.0)" {
		t.Errorf("got %q", got)
	}
}

// The document has a place for every table.
func TestDocumentHasPlaces(t *testing.T) {
	text, err := os.ReadFile("../../docs/proof/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"precision: in flight", "precision: idle", "ranges", "looks", "busy", "story"} {
		if _, err := markdown.Replace(string(text), name, ""); err != nil {
			t.Error(err)
		}
	}
}
