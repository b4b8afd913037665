package docker_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// With no settings a stop under drainit takes what it takes without, for a
// program with no ports and for a server, and the exit status is the program's.
// Not in parallel with anything: it measures.
func TestStopTakesNoLongerThanBare(t *testing.T) {
	const (
		rounds     = 5
		mostRounds = 20 // a busy machine is measured for longer
		margin     = 500 * time.Millisecond
	)
	programs := map[string][]string{
		"no ports": {"print-signals", "-status", "23"},
		"a server": {"serve", "-on-term", "exit", "-status", "23"},
	}
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			scratch := image(t, scratchImage)
			var bare, shimmed []time.Duration
			tooLong := func() bool { return median(shimmed) > median(bare)+margin }
			for round := 0; round < rounds || round < mostRounds && tooLong(); round++ {
				c := startReady(t, scratch, hardened("--entrypoint", "/helper"), program...)
				bare = append(bare, c.stop())
				c.expectStatus(23)
				c = startReady(t, scratch, hardened(), append([]string{"/helper"}, program...)...)
				shimmed = append(shimmed, c.stop())
				c.expectStatus(23)
			}
			t.Logf("docker stop: bare %v, drainit %v", bare, shimmed)
			if tooLong() {
				t.Errorf("docker stop took %v under drainit, want at most %v more than the %v of bare",
					median(shimmed), margin, median(bare))
			}
		})
	}
}

// median returns the middle one.
func median(durations []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(durations))[len(durations)/2]
}

// A program that never stops is killed by Docker at the end of its grace
// period, and not by drainit, which was given no limit.
func TestNothingIsKilledBeforeThePlatformDoes(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened(), "/helper", "serve", "-on-term", "ignore")
	if got, want := c.stop("--time", "3"), 3*time.Second; got < want {
		t.Errorf("docker stop --time 3 took %v, want at least %v", got, want)
	}
	c.expectStatus(137)
	if stdout, _ := c.logs(); strings.Count(stdout, "caught 15 ") != 1 {
		t.Errorf("stdout %q: want one SIGTERM", stdout)
	}
	if _, stderr := c.logs(); strings.Contains(stderr, "SIGKILL") {
		t.Errorf("stderr %q: want no SIGKILL of drainit's", stderr)
	}
}

// A deadline is kept, and not waited beyond.
func TestDeadlineKills(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--env", "DRAINIT_DEADLINE=1s"),
		"/helper", "serve", "-on-term", "ignore")
	if got := c.stop("--time", "60"); got < time.Second || got > 30*time.Second {
		t.Errorf("docker stop --time 60 took %v with a deadline of 1s, want little more than that", got)
	}
	c.expectStatus(137)
	_, stderr := c.logs()
	expectText(t, "stderr", stderr, "SIGKILL")
}

// Where nothing listens there is nothing to hold for, a grace period or not.
func TestProgramWithoutPortsIsStoppedAtOnce(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--env", "DRAINIT_GRACE_PERIOD=20s"),
		"/helper", "print-signals", "-status", "23")
	asked := time.Now()
	c.stop("--time", "20")
	c.expectStatus(23)
	const hold = 5 * time.Second // what a server gets
	if got := c.sigtermAt().Sub(asked); got >= hold {
		t.Errorf("the stop signal came %v after docker stop, want it at once and not after %v", got, hold)
	}
}
