package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"drainit/internal/idle"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == standIn {
		main()
	}
	os.Exit(m.Run())
}

// leftWithin bounds how long after its last work a program is left. It takes 2 to 4 s, but
// one whose answers are late is asked more rarely. One that is never idle is left when the
// reserve begins, 30 s after its last work and more.
const leftWithin = 25 * time.Second

// TestIdleChecksKeepAll: with the check 20 of 20 of each finish everything, and are left
// soon after; without, work is lost, so that the check is what keeps it.
func TestIdleChecksKeepAll(t *testing.T) {
	s := stage{drainit: filepath.Join(t.TempDir(), "drainit"), dir: t.TempDir()}
	if out, err := exec.Command("go", "build", "-o", s.drainit, "drainit/cmd/drainit").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var err error
	if s.self, err = os.Executable(); err != nil {
		t.Fatal(err)
	}
	for _, sum := range s.all([]way{ways[2]}, 20, 40) {
		if len(sum.errs) > 0 || sum.kept != sum.stops {
			t.Errorf("%s: %d of %d kept, errors %v", sum.program, sum.kept, sum.stops, sum.errs)
		}
		if sum.most() > leftWithin {
			t.Errorf("%s was left %v after it was idle, want at most %v", sum.program, sum.most(), leftWithin)
		}
		t.Logf("%s: %d of %d, left after %v, %v at most", sum.program, sum.kept, sum.stops, sum.half(), sum.most())
	}
	for _, sum := range s.all([]way{ways[0]}, 3, 40) {
		if len(sum.errs) > 0 || sum.kept == sum.stops {
			t.Errorf("%s without a check: %d of %d kept, errors %v: want some that lost work", sum.program, sum.kept, sum.stops, sum.errs)
		}
	}
}

// TestChecksCanBeRead: what the document shows is what drainit takes.
func TestChecksCanBeRead(t *testing.T) {
	for _, p := range programs {
		if _, err := idle.Parse(p.shown); err != nil {
			t.Errorf("%s: %q: %v", p.name, p.shown, err)
		}
	}
}
