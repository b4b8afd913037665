package docker_test

import (
	"strings"
	"testing"
	"time"
)

// expectReady waits until readiness is green, which needs the port of the
// program to be found.
func expectReady(t *testing.T, c *container) {
	t.Helper()
	probes := c.url(probePort)
	eventually(t, "/readyz is 200", func() bool { status, _ := get(probes + "/readyz"); return status == 200 })
}

// A server that needs some seconds until it listens gets no request before:
// readiness waits for it, with no settings.
func TestReadinessWaitsForThePort(t *testing.T) {
	t.Parallel()
	c := start(t, image(t, scratchImage), hardened(publish(serverPort, probePort)...),
		"/helper", "serve", "-start-delay", "5s")
	server, probes := c.url(serverPort), c.url(probePort)
	eventually(t, "/readyz is 503 before it listens", func() bool { status, _ := get(probes + "/readyz"); return status == 503 })
	eventually(t, "/readyz is 200", func() bool {
		status, body := get(probes + "/readyz")
		if status == 200 {
			if served, why := get(server); served != 200 {
				t.Errorf("/readyz is 200 and the server answers %d %s", served, why)
			}
			return true
		}
		if status != 503 {
			t.Errorf("/readyz: %d %s, want 503 or 200", status, body)
		}
		if live, why := get(probes + "/livez"); live != 200 {
			t.Errorf("/livez: %d %s, want 200", live, why)
		}
		return false
	})
}

// The containers of a pod share a network, and only one of them has the port.
// The other says so and lives on.
func TestSecondDrainitOfANetworkLivesOn(t *testing.T) {
	t.Parallel()
	scratch := image(t, scratchImage)
	first := startReady(t, scratch, hardened(), "/helper", "print-signals", "-status", "5")
	second := startReady(t, scratch, hardened("--network", "container:"+first.id), "/helper", "print-signals", "-status", "6")
	eventually(t, "a warning about the address", func() bool {
		_, stderr := second.logs()
		return strings.Contains(stderr, "WARN") && strings.Contains(stderr, probePort)
	})
	// The probes that do answer there are the other container's, and no
	// evidence of this one.
	if _, stderr, status := second.exec("/drainit", "ctl", "live"); status != 1 || !strings.Contains(stderr, "another container") {
		t.Errorf("ctl live: exit status %d, %q, want 1 and that another container answers", status, stderr)
	}
	second.stop()
	second.expectStatus(6)
	first.stop()
	first.expectStatus(5)
}

// An address that somebody else has is an error at start, with what to write.
func TestProbeAddressTaken(t *testing.T) {
	t.Parallel()
	scratch := image(t, scratchImage)
	other := startReady(t, scratch, hardened("--entrypoint", "/helper"), "hog-port", ":"+probePort)
	began := time.Now()
	c := start(t, scratch, hardened("--network", "container:"+other.id), "/helper", "pause")
	c.expectStatus(125)
	if got, limit := time.Since(began), 10*time.Second; got > limit {
		t.Errorf("took %v to say so, want at most %v", got, limit)
	}
	stdout, stderr := c.logs()
	expectText(t, "stderr", stderr, probePort, "--probe-addr")
	if stdout != "" {
		t.Errorf("stdout %q: want the program not started", stdout)
	}
}
