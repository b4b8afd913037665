package main

import (
	"strings"
	"testing"
)

// Inside a container ctl needs no address: here it is the very program that
// drainit runs.
func TestCtlInsideTheContainer(t *testing.T) {
	for _, tt := range []struct {
		verb   string
		ports  string
		status int
		stdout string
		stderr string
	}{
		{"status", "none", 0, "drainit       test, pid 1: running, ready\n", ""},
		{"ready", "none", 0, "", ""},
		{"ready", "1", 1, "", "drainit: not ready: ports failed: "},
		{"live", "1", 0, "", ""},
	} {
		r := launch(t, spec{args: command([]string{"--probe-addr", unused(t), "--ports", tt.ports}, binary, "ctl", tt.verb)})
		if got := r.exit(); got != tt.status || !strings.HasPrefix(r.stdout.String(), tt.stdout) || !strings.HasPrefix(r.stderr.String(), tt.stderr) {
			t.Errorf("%s, ports %s: got status %d, stdout %q, stderr %q; want %d, %q, %q",
				tt.verb, tt.ports, got, r.stdout, r.stderr, tt.status, tt.stdout, tt.stderr)
		}
	}
}

// From outside it sees that the answer is another container's.
func TestCtlOutsideTheContainer(t *testing.T) {
	addr := unused(t)
	r := launch(t, spec{args: command([]string{"--probe-addr", addr}, role("wait", "0")...)})
	r.says("ready")
	got := callCtl(t, realSurroundings(), nil, "status", "--probe-addr", addr)
	if got.status != 1 || !strings.Contains(got.stderr, "is another container's") {
		t.Errorf("got %+v, want the reply refused", got)
	}
}

// What is installed runs.
func TestCtlInstalledRuns(t *testing.T) {
	dir := t.TempDir()
	r := launch(t, spec{args: command(nil, binary, "ctl", "install", dir)})
	if got := r.exit(); got != 0 || r.stdout.String() != "installed "+dir+"/drainit\n" {
		t.Fatalf("install: got status %d, stdout %q, stderr %q", got, r.stdout, r.stderr)
	}
	r = launch(t, spec{args: command(nil, dir+"/drainit", "--version")})
	if got := r.exit(); got != 0 || !strings.HasPrefix(r.stdout.String(), "drainit test (go") {
		t.Errorf("the copy: got status %d, stdout %q, stderr %q", got, r.stdout, r.stderr)
	}
}
