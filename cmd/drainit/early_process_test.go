package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// TestEarlyPackages: what must not wait for the initialisation of others, which takes
// milliseconds, comes before it, whatever is imported beside it.
func TestEarlyPackages(t *testing.T) {
	cmd := exec.Command(binary, "--version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var order []string
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "init" {
			order = append(order, fields[1])
		}
	}
	slow := slices.IndexFunc(order, func(p string) bool { return p == "net" || p == "crypto/tls" || strings.Contains(p, "prometheus") })
	for _, early := range []string{"drainit/internal/early", "drainit/internal/firsttogo"} {
		if i := slices.Index(order, early); i < 0 || i > slow {
			t.Errorf("%s is number %d, and %s number %d of %q", early, i, order[slow], slow, order)
		}
	}
}

// TestCtlAsPID1: a stop ends it, though PID 1 receives stops early.
func TestCtlAsPID1(t *testing.T) {
	needsRoot(t)
	cmd := exec.Command(binary, "ctl", "sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	deadline := time.After(testkit.Patience)
	for { // one that comes before Go's runtime has begun is lost, of any program
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-ended:
			if err == nil {
				t.Error("status 0")
			}
			return
		case <-time.After(50 * time.Millisecond):
		case <-deadline:
			cmd.Process.Kill()
			t.Fatal("still there")
		}
	}
}
