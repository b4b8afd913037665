package docker_test

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A request is one on a connection of its own, as the client saw it.
type request struct {
	at     time.Time
	status int // 0 where the connection failed
	body   string
}

// knock makes a request every 50 ms, whatever becomes of those before, until
// the context ends, and returns them all.
func knock(ctx context.Context, url string) []request {
	var (
		requests []request
		lock     sync.Mutex
		pending  sync.WaitGroup
	)
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			pending.Wait()
			return requests
		case at := <-ticker.C:
			pending.Go(func() {
				status, body := get(url)
				lock.Lock()
				defer lock.Unlock()
				requests = append(requests, request{at, status, body})
			})
		}
	}
}

// sigtermAt returns the instant at which the helper got its SIGTERM.
func (c *container) sigtermAt() time.Time {
	c.t.Helper()
	const prefix = "caught 15 at "
	line := c.waitFor(prefix)
	milliseconds, err := strconv.ParseInt(strings.TrimPrefix(line, prefix), 10, 64)
	if err != nil {
		c.t.Fatalf("%q: %v", line, err)
	}
	return time.UnixMilli(milliseconds)
}

// With a grace period given, a server's stop is held for a quarter of it: new
// connections are served all the while, readiness is red, liveness is not.
func TestHoldLosesNoConnection(t *testing.T) {
	t.Parallel()
	const hold = 2500 * time.Millisecond // a quarter of the grace period
	c := startReady(t, image(t, scratchImage),
		hardened(append(publish(serverPort, probePort), "--env", "DRAINIT_GRACE_PERIOD=10s")...),
		"/helper", "serve", "-on-term", "drain")
	server, probes := c.url(serverPort), c.url(probePort)
	expectReady(t, c)

	knocking, enough := context.WithCancel(t.Context())
	defer enough()
	requests := make(chan []request, 1)
	go func() { requests <- knock(knocking, server) }()
	asked := time.Now()
	stop := exec.Command("docker", "stop", "--time", "10", c.id)
	if err := stop.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "/readyz is 503", func() bool { status, _ := get(probes + "/readyz"); return status == 503 })
	red := time.Now() // T0 is between asked and red
	for _, path := range []string{"/livez", "/metrics", "/drain"} {
		if status, body := get(probes + path); status != 200 {
			t.Errorf("%s during the hold: %d %s, want 200", path, status, body)
		}
	}
	probed := time.Now()
	if err := stop.Wait(); err != nil {
		t.Errorf("docker stop: %v", err)
	}
	enough()
	c.expectStatus(0)

	signalled := c.sigtermAt()
	if probed.After(signalled) {
		t.Errorf("the probes were asked until %v after the stop signal: no evidence", probed.Sub(signalled))
	}
	expectHeld(t, signalled, hold, asked, red)
	during := 0
	for _, r := range <-requests {
		// One on its way when the signal came may be late.
		if !r.at.Before(signalled.Add(-100 * time.Millisecond)) {
			continue
		}
		during++
		if r.status != 200 {
			t.Errorf("a connection %v before the stop signal: %s, want it served", signalled.Sub(r.at), r.body)
		}
	}
	if during < 20 {
		t.Errorf("%d connections made during the hold, want one every 50ms", during)
	}
}

// expectHeld fails the test if the stop signal did not come a hold after a stop
// request that was made at some instant between two.
func expectHeld(t *testing.T, signalled time.Time, hold time.Duration, after, before time.Time) {
	t.Helper()
	// The helper's clock is cut to milliseconds, and its machine may be busy.
	if got := signalled.Sub(after); got < hold-time.Millisecond {
		t.Errorf("the stop signal came at most %v after the stop request, want %v", got, hold)
	}
	if got := signalled.Sub(before); got > hold+time.Second {
		t.Errorf("the stop signal came at least %v after the stop request, want %v", got, hold)
	}
}

// Who asks again means now.
func TestSameSignalEndsTheHold(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage), hardened("--env", "DRAINIT_DRAIN_DELAY=40s", "--env", "DRAINIT_GRACE_PERIOD=60s"),
		"/helper", "serve", "-on-term", "drain")
	c.signal("TERM")
	time.Sleep(time.Second) // beyond the 250 ms in which it might be the same one
	if !c.running() {
		t.Fatal("the container has exited, want it held for 40s")
	}
	again := time.Now()
	c.signal("TERM")
	c.expectStatus(0)
	if got, limit := time.Since(again), 20*time.Second; got > limit {
		t.Errorf("exited %v after SIGTERM came again, want at most %v", got, limit)
	}
}

// A preStop hook that sends SIGQUIT, and then the platform's own SIGTERM, are
// one stop, which counts from the first.
func TestOtherStopSignalDoesNotEndTheHold(t *testing.T) {
	t.Parallel()
	const hold = 4 * time.Second
	c := startReady(t, image(t, scratchImage), hardened("--env", fmt.Sprint("DRAINIT_DRAIN_DELAY=", hold), "--env", "DRAINIT_GRACE_PERIOD=20s"),
		"/helper", "serve", "-on-term", "drain")
	asked := time.Now()
	c.signal("QUIT")
	sent := time.Now()
	time.Sleep(time.Second)
	c.stop("--time", "20")
	c.expectStatus(0)
	expectHeld(t, c.sigtermAt(), hold, asked, sent)
	if _, stderr := c.logs(); strings.Contains(stderr, "goroutine ") {
		t.Errorf("stderr %q: want no stack dump", stderr)
	}
}
