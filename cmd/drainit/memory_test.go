package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// TestMemoryIsBounded whatever the variables for the child say, and with probes
// off too: every signal makes garbage.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const most = 24 << 10 // KiB
	for name, addr := range map[string]string{"off": "off", "served": testkit.FreeAddr(t)} {
		t.Run("probes "+name, func(t *testing.T) {
			t.Parallel()
			r := launch(t, spec{args: command([]string{"--probe-addr", addr, "--map", "HUP=none"}, role("wait", "0")...),
				env: []string{"GOGC=off"}})
			r.says("ready")
			var grown int
			for until := time.Now().Add(4 * time.Second); time.Now().Before(until) && grown <= most; time.Sleep(100 * time.Microsecond) {
				r.signal(syscall.SIGHUP)
				grown = anonymous(t, r.cmd.Process.Pid)
			}
			if grown > most {
				t.Errorf("%d KiB of anonymous memory, want at most %d", grown, most)
			}
			r.signal(syscall.SIGTERM)
			r.wantExit(0)
		})
	}
}

// TestMemoryIsGivenBack: what scrapes leave as garbage is the kernel's again when the
// last of them is over. Kept, it is 2 MiB and more.
func TestMemoryIsGivenBack(t *testing.T) {
	t.Parallel()
	probes := testkit.FreeAddr(t)
	r := launch(t, spec{args: command([]string{"--probe-addr", probes, "--ports", "none"}, role("wait", "0")...)})
	r.says("ready")
	before := anonymous(t, r.cmd.Process.Pid)
	for range 200 {
		if err := probeOnce(probes, "/metrics"); err != nil {
			t.Fatal(err)
		}
	}
	const most = 1800 // KiB
	grown := 0
	testkit.Soon(t, "memory is given back", func() bool {
		grown = anonymous(t, r.cmd.Process.Pid) - before
		return grown <= most
	})
	t.Logf("%d KiB more after 200 scrapes", grown)
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
}

// anonymous returns the anonymous memory of a process in KiB, proc_pid_status(5).
func anonymous(t *testing.T, pid int) (kib int) {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			_, _ = fmt.Sscan(value, &kib)
		}
	}
	return kib
}
