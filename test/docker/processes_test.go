package docker_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// Orphans are reaped, without docker run --init.
func TestOrphansAreReaped(t *testing.T) {
	t.Parallel()
	scratch := image(t, scratchImage)
	zombies := func(c *container) string {
		stdout, stderr, status := c.exec("/helper", "count-zombies")
		if status != 0 {
			t.Fatalf("count-zombies: exit status %d: %s", status, stderr)
		}
		return strings.TrimSpace(stdout)
	}
	c := startReady(t, scratch, hardened(), "/helper", "orphans", "200")
	eventually(t, "there are no zombies", func() bool { return zombies(c) == "0" })

	// Without drainit they stay, and are seen: this test can fail.
	c = startReady(t, scratch, hardened("--entrypoint", "/helper"), "orphans", "200")
	eventually(t, "there are 200 zombies without drainit", func() bool { return zombies(c) == "200" })
}

// What the program leaves behind gets a signal and the time to finish.
func TestDescendantFinishes(t *testing.T) {
	t.Parallel()
	scratch := image(t, scratchImage)
	const finished = "descendant finished"
	c := startReady(t, scratch, hardened(), "/helper", "leave-descendant")
	c.stop()
	c.expectStatus(5) // the program's, not the descendant's
	stdout, _ := c.logs()
	expectText(t, "stdout", stdout, finished)

	// Without drainit it is cut: this test can fail.
	c = startReady(t, scratch, hardened("--entrypoint", "/helper"), "leave-descendant")
	c.stop()
	c.expectStatus(5)
	if stdout, _ := c.logs(); strings.Contains(stdout, finished) {
		t.Errorf("stdout %q: want the descendant cut without drainit", stdout)
	}
}

// What docker exec has started is nobody's descendant here. It is not
// signalled, and nothing waits for it.
func TestOpenExecCostsNoTime(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--env", "DRAINIT_SWEEP=30s"), "/helper", "print-signals", "-status", "23")
	var stdout testkit.Output
	shell := exec.Command("docker", "exec", c.id, "/helper", "print-signals", "-ignore-term")
	shell.Stdout = &stdout
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the exec is ready", func() bool { return strings.Contains(stdout.String(), "ready") })
	if got, limit := c.stop("--time", "60"), 20*time.Second; got > limit {
		t.Errorf("docker stop took %v, want less than %v: nothing to sweep", got, limit)
	}
	c.expectStatus(23)
	shell.Wait() // killed with the container
	if got, want := stdout.String(), "ready\n"; got != want {
		t.Errorf("the exec printed %q, want %q: no signal", got, want)
	}
}
