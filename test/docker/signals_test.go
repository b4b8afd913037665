package docker_test

import (
	"fmt"
	"strings"
	"testing"
)

// What is no stop request reaches a program that handles it, once, realtime
// signals by Docker's names and by number included.
func TestSignalsAreForwarded(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened(), "/helper", "print-signals", "-status", "23")
	sent := []struct {
		name   string
		number int
	}{
		{"HUP", 1}, {"USR1", 10}, {"USR2", 12}, {"CONT", 18}, {"WINCH", 28}, {"RTMIN+5", 39}, {"64", 64},
	}
	for _, s := range sent {
		c.signal(s.name)
		c.waitFor(fmt.Sprintf("caught %d ", s.number))
	}
	c.stop()
	c.expectStatus(23)
	stdout, _ := c.logs()
	for _, s := range sent {
		// SIGCONT follows the stop signal too, so that a stopped program gets it.
		if got := strings.Count(stdout, fmt.Sprintf("caught %d ", s.number)); got != 1 && s.name != "CONT" {
			t.Errorf("%s caught %d times, want once", s.name, got)
		}
	}
}

// The stop signal may be any, inherited from an image that has it for another
// program. Bare, this one would go on after each of them until it is killed.
func TestStopSignalsOfOtherImages(t *testing.T) {
	for stopSignal, want := range map[string]int{
		"SIGTERM":    143,
		"SIGQUIT":    143,
		"SIGWINCH":   143,
		"SIGUSR1":    143,
		"SIGUSR2":    143,
		"SIGRTMIN+3": 143,
		"SIGINT":     130, // passed on as it came, an interrupt
	} {
		t.Run(stopSignal, func(t *testing.T) {
			t.Parallel()
			c := startReady(t, image(t, usersImage), []string{"--stop-signal", stopSignal}, "sh", "-c", "echo ready; exec sleep 1000")
			c.stop("--time", "15")
			c.expectStatus(want)
		})
	}
}

// A Go program that has no handlers dumps its stacks at nginx's SIGQUIT.
func TestSigquitDumpsNoStack(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--stop-signal", "SIGQUIT"), "/helper", "pause")
	c.stop("--time", "15")
	c.expectStatus(143)
	const dump = "goroutine "
	if stdout, stderr := c.logs(); strings.Contains(stdout+stderr, dump) {
		t.Errorf("stdout %q, stderr %q: want no stack dump", stdout, stderr)
	}

	// Without drainit it does: this test can fail.
	c = startReady(t, image(t, scratchImage), hardened("--stop-signal", "SIGQUIT", "--entrypoint", "/helper"), "pause")
	c.stop("--time", "15")
	_, stderr := c.logs()
	expectText(t, "stderr without drainit", stderr, dump)
}

// httpd's SIGWINCH is nothing to a shell script, which would go on until
// Docker kills it.
func TestSigwinchStopsAScript(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, usersImage), []string{"--stop-signal", "SIGWINCH"}, "/forever")
	c.stop("--time", "15")
	c.expectStatus(143)

	// Without drainit it does go on: this test can fail.
	c = startReady(t, image(t, usersImage), []string{"--stop-signal", "SIGWINCH", "--entrypoint", "/forever"})
	c.stop("--time", "1")
	c.expectStatus(137)
}
