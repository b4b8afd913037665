package docker_test

import (
	"strings"
	"testing"
)

// Behind docker run --init drainit is not PID 1, and does what it does all the
// same: reaps, sweeps and gives the program's status.
func TestBehindAnotherInit(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--init"), "/helper", "leave-descendant")
	c.stop()
	c.expectStatus(5)
	stdout, _ := c.logs()
	expectText(t, "stdout", stdout, "descendant finished")

	c = startReady(t, image(t, scratchImage), hardened("--init"), "/helper", "serve", "-on-term", "drain")
	for _, verb := range []string{"live", "ready", "status"} {
		if stdout, stderr, status := c.exec("/drainit", "ctl", verb); status != 0 {
			t.Errorf("ctl %s: exit status %d, want 0: %s%s", verb, status, stdout, stderr)
		}
	}
	c.stop()
	c.expectStatus(0)
}

// In a PID namespace shared with another container, and as the same user,
// drainit sweeps and kills its own descendants and nobody else's.
func TestSharedPIDNamespace(t *testing.T) {
	t.Parallel()
	scratch := image(t, scratchImage)
	other := startReady(t, scratch, hardened(), "/helper", "print-signals", "-status", "7")
	shared := func(more ...string) []string {
		return hardened(append(more, "--pid", "container:"+other.id)...)
	}

	c := startReady(t, scratch, shared(), "/helper", "leave-descendant")
	c.stop()
	c.expectStatus(5)
	stdout, _ := c.logs()
	expectText(t, "stdout", stdout, "descendant finished")

	c = startReady(t, scratch, shared("--env", "DRAINIT_DEADLINE=1s"), "/helper", "serve", "-on-term", "ignore")
	c.stop("--time", "60")
	c.expectStatus(137)

	other.stop()
	other.expectStatus(7)
	if stdout, _ := other.logs(); strings.Count(stdout, "caught") != 1 {
		t.Errorf("the other container got %q, want its own SIGTERM alone", stdout)
	}
}
