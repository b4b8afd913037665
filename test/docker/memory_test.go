package docker_test

import (
	"strings"
	"testing"
)

// A program killed for its memory looks like any other that got SIGKILL: the
// status is the same, and drainit says which it was.
func TestOutOfMemory(t *testing.T) {
	t.Parallel()
	c := start(t, image(t, scratchImage), hardened("--memory", "32m", "--memory-swap", "32m"), "/helper", "eat")
	c.expectStatus(137)
	_, stderr := c.logs()
	expectText(t, "stderr", strings.ToLower(stderr), "out of memory")
}
