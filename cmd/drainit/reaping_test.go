package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// zombies counts those below pid, in the tests' own /proc.
func zombies(pid int) int {
	n := 0
	for _, p := range descendants(pid) {
		if stateOf(p) == 'Z' {
			n++
		}
	}
	return n
}

// TestZombiesAreReaped makes the zombies visible first, by stopping drainit:
// a count in the wrong /proc could not fail.
func TestZombiesAreReaped(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		r := launch(t, spec{args: command(nil, sh("read go; i=0; while [ $i -lt 200 ]; do (sleep 0 &); i=$((i+1)); done; echo made; exec sleep 1000")...),
			stdin: strings.NewReader("go\n"), notInit: notInit})
		r.pidOf("sleep 1000")
		testkit.Soon(t, "no zombie is left", func() bool { return zombies(r.cmd.Process.Pid) == 0 })
		r.signal(syscall.SIGSTOP)
		r.signal(syscall.SIGCONT)
	}
}

func TestZombiesOfAStoppedInit(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, sh("echo ready; sleep 1; i=0; while [ $i -lt 200 ]; do (sleep 0 &); i=$((i+1)); done; echo made; exec sleep 1000")...)})
	r.says("ready")
	r.signal(syscall.SIGSTOP)
	r.says("made")
	testkit.Soon(t, "zombies pile up", func() bool { return zombies(r.cmd.Process.Pid) >= 150 })
	r.signal(syscall.SIGCONT)
	testkit.Soon(t, "no zombie is left", func() bool { return zombies(r.cmd.Process.Pid) == 0 })
}

// TestManyOrphans: none is left and the child's own status is not lost among them.
func TestManyOrphans(t *testing.T) {
	t.Parallel()
	n := 100_000
	if testing.Short() {
		n = 2000
	}
	r := launch(t, spec{args: command(nil, role("orphans", fmt.Sprint(n), "37")...)})
	select {
	case <-r.done:
	case <-time.After(3 * time.Minute):
	}
	r.wantExit(37)
}

func TestDescendantMayFinish(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/finished"
	r := launch(t, spec{args: command(nil, role("descendant", file)...)})
	r.says("started")
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	if b, err := os.ReadFile(file); err != nil || string(b) != "finished\n" {
		t.Errorf("the descendant was cut: %q, %v", b, err)
	}
	r.logs("leftovers remain")
}

func TestSweepIsBounded(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		r := launch(t, spec{args: command([]string{"--sweep", "200ms"}, role("tree", "20")...), notInit: notInit})
		r.says("ready")
		testkit.Soon(t, "the tree is there", func() bool { return len(descendants(r.cmd.Process.Pid)) >= 61 })
		tree := descendants(r.cmd.Process.Pid)
		r.signal(syscall.SIGTERM)
		r.wantExit(0)
		for _, pid := range tree {
			if s := stateOf(pid); s != 0 && s != 'Z' && s != 'X' {
				t.Errorf("not init: %v: process %d is still there, state %c", notInit, pid, s)
			}
		}
		r.logs("leftovers_killed=true")
	}
}

// TestLeftoversOfAJobAreTalkedAbout: nobody asked for a stop, and still somebody
// was killed.
func TestLeftoversOfAJobAreTalkedAbout(t *testing.T) {
	t.Parallel()
	script := `setsid /bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.1; done" & sleep 0.5; exit 5`
	r := launch(t, spec{args: command([]string{"--sweep", "300ms"}, sh(script)...)})
	r.says("ready")
	r.wantExit(5)
	r.logs("leftovers remain\" status=5 leftovers=")
	r.logs("leftovers killed")
	if strings.Contains(r.stderr.String(), "leftovers=0") {
		t.Errorf("counted when they had gone: %s", r.stderr)
	}
}

func TestTracedChild(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		r := launch(t, spec{args: command(nil, role("ptrace")...), notInit: notInit})
		r.says("passed on")
		r.wantExit(5)
		r = launch(t, spec{args: command(nil, role("ptrace-exec")...), notInit: notInit})
		r.says("executed")
		r.signal(syscall.SIGTERM)
		r.wantExit(143)
	}
}

func TestTracedOrphan(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, role("adopted")...)})
	r.says("ready")
	testkit.Soon(t, "the tracee has ended of its signal", func() bool {
		for _, pid := range descendants(r.cmd.Process.Pid) {
			if b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); strings.Contains(string(b), "adopted\x00x") {
				return false
			}
		}
		return true
	})
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
}
