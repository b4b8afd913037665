package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// crowdMemory is what docs/reference.md (Limits) says drainit needs, beside the
// program, whoever comes to the probe address: a test there holds the figure to it.
const crowdMemory = 16 << 20

// memoryCage is a memory cgroup with a limit, cgroups(7).
type memoryCage struct{ dir string }

// newMemoryCage makes one in either version's usual place.
func newMemoryCage(t *testing.T, limit int) memoryCage {
	t.Helper()
	var errs []error
	for _, place := range []struct{ parent, limit string }{
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
		{"/sys/fs/cgroup", "memory.max"},
	} {
		dir := filepath.Join(place.parent, fmt.Sprintf("drainit-test-%d", os.Getpid()))
		if err := os.Mkdir(dir, 0o755); err != nil {
			errs = append(errs, err)
			continue
		}
		t.Cleanup(func() {
			for until := time.Now().Add(testkit.Patience); os.Remove(dir) != nil && time.Now().Before(until); {
				time.Sleep(10 * time.Millisecond)
			}
		})
		if err := os.WriteFile(filepath.Join(dir, place.limit), []byte(strconv.Itoa(limit)), 0); err != nil {
			errs = append(errs, err)
			continue
		}
		os.WriteFile(filepath.Join(dir, "memory.swap.max"), []byte("0"), 0)
		return memoryCage{dir}
	}
	t.Skipf("memory cgroup: none can be made here: %v", errors.Join(errs...))
	return memoryCage{}
}

// peak is the most that was charged, as text.
func (c memoryCage) peak() string {
	for _, name := range []string{"memory.max_usage_in_bytes", "memory.peak"} {
		if b, err := os.ReadFile(filepath.Join(c.dir, name)); err == nil {
			n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
			return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
		}
	}
	return "unknown"
}

// kills is how many processes the kernel has killed in it.
func (c memoryCage) kills() string {
	for _, name := range []string{"memory.oom_control", "memory.events"} {
		b, _ := os.ReadFile(filepath.Join(c.dir, name))
		for line := range strings.Lines(string(b)) {
			if n, ok := strings.CutPrefix(line, "oom_kill "); ok {
				return strings.TrimSpace(n)
			}
		}
	}
	return "unknown"
}

// TestMemoryInACrowd: under the limit that the manual names the kernel kills
// neither drainit nor the program, whatever a crowd asks for.
func TestMemoryInACrowd(t *testing.T) {
	needsRoot(t)
	for _, one := range []struct {
		name string
		n    int
		asks []string
	}{
		{"scrapes", 400, []string{"/metrics"}},
		{"scrapes and checks", 1000, []string{"/metrics", "/drain", "/readyz", "/livez"}},
		{"misbehaving", 3000, misbehaving},
	} {
		t.Run(one.name, func(t *testing.T) {
			cage := newMemoryCage(t, crowdMemory)
			addr, server := testkit.FreeAddr(t), testkit.FreeAddr(t)
			flags := []string{"--probe-addr", addr, "--live-check", "http://" + server + "/"}
			// The check's server is none of the cage's.
			outside := launch(t, spec{notInit: true, args: command(nil, role("slow", server, "600ms")...)})
			outside.says("ready")
			r := launch(t, spec{prepare: "cgroup=" + cage.dir, args: command(flags, sh("echo ready; exec sleep 1000")...)})
			r.says("ready")
			testkit.Soon(t, "probes are served", func() bool { return probeOnce(addr, "/livez") == nil })
			leave := enterCrowd(t, addr, one.n, one.asks, "CROWD_EAGER=1")
			time.Sleep(crowdFor())
			peak := peakOf(r.cmd.Process.Pid)
			t.Logf("%d clients, %s: charged at most %s, resident at most %s", one.n, leave(), cage.peak(), peak)
			if got := cage.kills(); got != "0" {
				t.Errorf("%s killed for want of memory under %d bytes, want 0:\n%s", got, crowdMemory, r.stderr)
			}
			testkit.Soon(t, "probes are served afterwards", func() bool { return probeOnce(addr, "/livez") == nil })
			r.signal(syscall.SIGKILL)
			r.exit()
		})
	}
}
