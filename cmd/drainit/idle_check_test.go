package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// TestIdleCheck: the stop signal waits for what the program says itself: a file's end, and
// then the sum of two metrics.
func TestIdleCheck(t *testing.T) {
	t.Parallel()
	busy := filepath.Join(t.TempDir(), "busy")
	if err := os.WriteFile(busy, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var running, asked atomic.Int64
	running.Store(3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprintf(w, "running{model=\"a\"} %d\nwaiting 0\n", running.Load())
	}))
	defer server.Close()
	probes := testkit.FreeAddr(t)
	r := launch(t, spec{args: command([]string{"--probe-addr", probes, "--grace-period", "60", "--drain-delay", "0", "--ports", "none",
		"--idle-check", "gone:" + busy, "--idle-check", "metric:" + server.URL + "/metrics#running+waiting"}, role("wait", "3")...)})
	r.says("ready")
	if asked.Load() > 0 {
		t.Error("it was asked before the stop")
	}
	r.signal(syscall.SIGTERM)
	says := func(words string) {
		t.Helper()
		testkit.Soon(t, "/drain says "+words, func() bool { return strings.Contains(get(t, probes), words) })
	}
	says("the sum is 3")
	says("busy (it is there)")
	if err := os.Remove(busy); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1500 * time.Millisecond)
	if strings.Contains(r.stderr.String(), "stop signal sent") {
		t.Error("the stop signal did not wait for the metric")
	}
	running.Store(0)
	r.wantExit(3)
	r.wantLogged("hold_ended", "nothing in flight")
}

// TestIdleCheckNeverIdle: what does not answer is waited for until the reserve begins, and
// not longer.
func TestIdleCheckNeverIdle(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--deadline", "8s", "--drain-delay", "0", "--ports", "none",
		"--idle-check", "http://127.0.0.1:1/"}, role("wait", "3")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	r.wantLogged("hold_ended", "reserve begins")
	if log := r.stderr.String(); !strings.Contains(log, "connection refused") {
		t.Errorf("the log does not say why:\n%s", log)
	}
}
