package docker_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// drainit ctl is the exec probe of an image that has no shell and no curl.
func TestHealthcheckInScratch(t *testing.T) {
	t.Parallel()
	checked := newImage(t, `
		FROM `+image(t, scratchImage)+`
		HEALTHCHECK --interval=1s CMD ["/drainit", "ctl", "live"]`, nil)
	c := startReady(t, checked, hardened(), "/helper", "pause")
	health := func() string { return docker(t, "inspect", "--format", "{{.State.Health.Status}}", c.id) }
	eventually(t, "the container is healthy", func() bool { return health() == "healthy" })
}

// With ctl ready as HEALTHCHECK a router that follows Docker's health hears of
// the stop while the stop signal is held.
func TestHealthcheckReadyInAHold(t *testing.T) {
	t.Parallel()
	checked := newImage(t, `
		FROM `+image(t, scratchImage)+`
		HEALTHCHECK --interval=1s --retries=1 CMD ["/drainit", "ctl", "ready"]`, nil)
	c := startReady(t, checked, hardened("--env", "DRAINIT_DRAIN_DELAY=20s", "--env", "DRAINIT_GRACE_PERIOD=40s"), "/helper", "serve")
	health := func() string { return docker(t, "inspect", "--format", "{{.State.Health.Status}}", c.id) }
	eventually(t, "the container is healthy", func() bool { return health() == "healthy" })
	c.signal("TERM")
	eventually(t, "the container is unhealthy", func() bool { return health() == "unhealthy" })
	if !c.running() {
		t.Error("the container has exited, want it to serve in the hold")
	}
}

// ctl ready and ctl live exit as the probes answer.
func TestCtlReadyAndLive(t *testing.T) {
	t.Parallel()
	c := start(t, image(t, scratchImage), hardened("--env", "DRAINIT_DRAIN_DELAY=15s", "--env", "DRAINIT_GRACE_PERIOD=30s"),
		"/helper", "serve", "-start-at-usr1")
	c.waitFor("started")
	expectCtl := func(when, verb string, want int) {
		t.Helper()
		if stdout, stderr, got := c.exec("/drainit", "ctl", verb); got != want {
			t.Errorf("ctl %s %s: exit status %d, want %d: %s%s", verb, when, got, want, stdout, stderr)
		}
	}
	expectCtl("before the server listens", "ready", 1)
	expectCtl("before the server listens", "live", 0)
	c.signal("USR1")
	c.waitFor("ready")
	expectCtl("once it listens", "ready", 0)
	expectCtl("once it listens", "live", 0)
	c.signal("TERM")
	eventually(t, "ctl ready says no", func() bool { _, _, status := c.exec("/drainit", "ctl", "ready"); return status == 1 })
	expectCtl("during the hold", "live", 0)
}

// ctl finds the address that a flag has set.
func TestCtlFindsTheProbeAddress(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--entrypoint", "/drainit"),
		"--probe-addr", "127.0.0.1:9999", "--", "/helper", "serve")
	for _, verb := range []string{"live", "ready", "status"} {
		if stdout, stderr, status := c.exec("/drainit", "ctl", verb); status != 0 {
			t.Errorf("ctl %s: exit status %d, want 0: %s%s", verb, status, stdout, stderr)
		}
	}
}

// During a drain ctl status says from inside a scratch container how far it is.
func TestCtlStatusDuringADrain(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--env", "DRAINIT_DRAIN_DELAY=15s", "--env", "DRAINIT_GRACE_PERIOD=30s"),
		"/helper", "serve", "-on-term", "drain")
	c.signal("TERM")
	eventually(t, "ctl ready says no", func() bool { _, _, status := c.exec("/drainit", "ctl", "ready"); return status == 1 })

	text, stderr, status := c.exec("/drainit", "ctl", "status")
	if status != 0 {
		t.Errorf("ctl status: exit status %d, want 0: %s", status, stderr)
	}
	expectText(t, "ctl status", text, "draining", "SIGTERM", "the drain delay, over in")

	object, stderr, status := c.exec("/drainit", "ctl", "status", "--json")
	if status != 0 {
		t.Errorf("ctl status --json: exit status %d, want 0: %s", status, stderr)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(object), &fields); err != nil {
		t.Fatalf("ctl status --json %q: %v", object, err)
	}
	if got, want := fields["state"], "draining"; got != want {
		t.Errorf("ctl status --json: state %v, want %v: %s", got, want, object)
	}
	if got, _ := fields["waiting_for"].(string); !strings.Contains(got, "the drain delay") {
		t.Errorf("ctl status --json: waiting_for %q, want the drain delay in it", got)
	}
}

// Where something else is PID 1, ctl status says so, and what to write.
func TestCtlStatusWhereDrainitDoesNotRun(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--entrypoint", "/helper"), "pause")
	stdout, stderr, status := c.exec("/drainit", "ctl", "status")
	if status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	expectText(t, "ctl status", stdout+stderr, "PID 1 is helper, drainit is not running here", "command:")
}

// An init container copies drainit into a volume, from an image that can be
// neither written nor listed, and the copy runs in another image.
func TestCtlInstall(t *testing.T) {
	t.Parallel()
	scratch := image(t, scratchImage)
	volume := t.TempDir() // as an emptyDir is, writable by everybody
	if err := os.Chmod(volume, 0o777); err != nil {
		t.Fatal(err)
	}
	install := start(t, scratch, hardened("--volume", volume+":/shared", "--entrypoint", "/drainit"), "ctl", "install", "/shared/drainit")
	install.expectStatus(0)

	installed, err := os.Stat(filepath.Join(volume, "drainit"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := installed.Mode(), os.FileMode(0o755); got != want {
		t.Errorf("mode %v, want the source's %v", got, want)
	}
	if entries, err := os.ReadDir(volume); err != nil || len(entries) != 1 {
		t.Errorf("the volume holds %v (%v), want drainit alone", entries, err)
	}
	app := startReady(t, scratch, hardened("--volume", volume+":/shared:ro", "--entrypoint", "/shared/drainit"),
		"--", "/helper", "print-signals", "-status", "23")
	app.stop()
	app.expectStatus(23)
}

// A preStop hook of an image without a sleep.
func TestCtlSleep(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened(), "/helper", "pause")
	for _, second := range []string{"1", "1s"} {
		began := time.Now()
		if _, stderr, status := c.exec("/drainit", "ctl", "sleep", second); status != 0 {
			t.Errorf("ctl sleep %s: exit status %d, want 0: %s", second, status, stderr)
		}
		if got := time.Since(began); got < time.Second {
			t.Errorf("ctl sleep %s took %v, want a second", second, got)
		}
	}
}
