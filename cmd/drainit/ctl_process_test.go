package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"drainit/internal/testkit"
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
		{"status", "none", 0, "drainit       " + version + ", pid 1: running, ready\n", ""},
		{"ready", "none", 0, "", ""},
		{"ready", "1", 1, "", "drainit: not ready: ports failed: "},
		{"live", "1", 0, "", ""},
	} {
		r := launch(t, spec{args: command([]string{"--probe-addr", testkit.FreeAddr(t), "--ports", tt.ports}, binary, "ctl", tt.verb)})
		if got := r.exit(); got != tt.status || !strings.HasPrefix(r.stdout.String(), tt.stdout) || !strings.HasPrefix(r.stderr.String(), tt.stderr) {
			t.Errorf("%s, ports %s: got status %d, stdout %q, stderr %q; want %d, %q, %q",
				tt.verb, tt.ports, got, r.stdout, r.stderr, tt.status, tt.stdout, tt.stderr)
		}
	}
}

// From outside it sees that the answer is another container's.
func TestCtlOutsideTheContainer(t *testing.T) {
	addr := testkit.FreeAddr(t)
	r := launch(t, spec{args: command([]string{"--probe-addr", addr}, role("wait", "0")...)})
	r.says("ready")
	out, err := exec.Command(binary, "ctl", "status", "--probe-addr", addr).CombinedOutput()
	if !strings.Contains(string(out), "is another container's") || err == nil || err.Error() != "exit status 1" {
		t.Errorf("got %v and %s, want the reply refused", err, out)
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
	if got := r.exit(); got != 0 || !strings.HasPrefix(r.stdout.String(), "drainit "+version+" (go") {
		t.Errorf("the copy: got status %d, stdout %q, stderr %q", got, r.stdout, r.stderr)
	}
}

// From inside, once begins the stop and once more ends its hold, however soon that is.
func TestCtlStopEndsTheHold(t *testing.T) {
	t.Parallel()
	addr := testkit.FreeAddr(t)
	script := fmt.Sprintf(`trap 'exit 4' TERM; echo ready
		while [ ! -e "$1" ]; do sleep 0.05; done
		%[1]s ctl stop --probe-addr %[2]s; %[1]s ctl stop --probe-addr %[2]s
		while :; do sleep 0.05; done`, binary, addr)
	begin := filepath.Join(t.TempDir(), "begin")
	r := launch(t, spec{args: command([]string{"--probe-addr", addr, "--ports", "none", "--drain-delay", "1h"}, "/bin/sh", "-c", script, "sh", begin)})
	r.says("ready")
	testkit.Soon(t, "probes are served", func() bool { return probeOnce(addr, "/livez") == nil })
	if err := os.WriteFile(begin, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.wantExit(4)
	r.wantLogged("hold_ended", "asked again")
	if out := r.stdout.String(); !strings.Contains(out, "a stop begins") || !strings.Contains(out, "the hold ends now") {
		t.Errorf("ctl said %q", out)
	}
}
