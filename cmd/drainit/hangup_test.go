package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// TestStopOnHangup: clients that are killed leave nothing running.
func TestStopOnHangup(t *testing.T) {
	t.Parallel()
	for range 5 {
		theirs, client, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r := launch(t, spec{stdin: theirs, args: command([]string{"--stop-on-hangup"},
			sh("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done")...)})
		theirs.Close()
		r.says("ready")
		client.Close()
		r.wantExit(3)
		if log := r.stderr.String(); !strings.Contains(log, `msg="stop requested" signal=hangup`) || !strings.Contains(log, "request=hangup") {
			t.Errorf("the log does not say that it was a hangup:\n%s", log)
		}
	}
}

// TestStopAfterAHangup: the platform's own stop takes the hangup's place, and is no
// second one, which would end the hold.
func TestStopAfterAHangup(t *testing.T) {
	t.Parallel()
	theirs, client, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := launch(t, spec{stdin: theirs, args: command([]string{"--stop-on-hangup", "--drain-delay", "2s"}, role("wait", "3")...)})
	theirs.Close()
	r.says("ready")
	client.Close()
	r.logs("stop requested")
	began := time.Now()
	time.Sleep(300 * time.Millisecond)
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	if took := time.Since(began); took < 1500*time.Millisecond {
		t.Errorf("held for %v, want 2s", took)
	}
	r.wantLogged("hold_ended", "hold over")
}

// TestHangupTouchesNothing: what comes through standard input is the program's, all of it.
func TestHangupTouchesNothing(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	r := launch(t, spec{stdin: bytes.NewReader(make([]byte, size)), args: command([]string{"--stop-on-hangup", "--drain-delay", "1m"}, "wc", "-c")}) // which is not to be stopped before the end
	if got := r.exit(); got != 0 || strings.TrimSpace(r.stdout.String()) != fmt.Sprint(size) {
		t.Errorf("status %d, read %s bytes, want 0 and %d; %s", got, r.stdout, size, r.stderr)
	}
}

// TestNoHangupToCome: refused before the program runs.
func TestNoHangupToCome(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--stop-on-hangup"}, "echo", "started")}) // with /dev/null
	r.wantExit(125)
	testkit.Soon(t, "the error is there", func() bool {
		return strings.Contains(r.stderr.String(), "--stop-on-hangup: standard input: it is no pipe")
	})
	if r.stdout.String() != "" {
		t.Errorf("the program was started: %s", r.stdout)
	}
}
