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

// crowdFor is how long a crowd stays. HOSTILE_FOR is set by `make hostile`.
func crowdFor() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("HOSTILE_FOR")); err == nil {
		return d
	}
	return 3 * time.Second
}

// TestProbesInACrowd: however many ask, hold connections or misbehave, no probe of
// a platform fails.
func TestProbesInACrowd(t *testing.T) {
	setApart(t)
	const takes = 300 * time.Millisecond // a check; what is left of the probe's second is the crowd's and the machine's
	for _, one := range []struct {
		name  string
		sizes []int
		check bool
		asks  []string
	}{
		{"checks", []int{10, 100, 800, 1000}, true, []string{"/readyz", "/livez", "/readyz?verbose"}},
		{"scrapes", []int{10, 100, 800, 1000}, false, []string{"/metrics"}},
		{"scrapes and checks", []int{800}, true, []string{"/metrics", "/drain", "/readyz", "/livez"}},
		{"misbehaving", []int{10, 100, 1000, 2000}, true, misbehaving},
		{"misbehaving, no checks", []int{2000}, false, misbehaving},
	} {
		for _, n := range one.sizes {
			t.Run(fmt.Sprintf("%s/%d", one.name, n), func(t *testing.T) {
				addr, server := testkit.FreeAddr(t), testkit.FreeAddr(t)
				flags := []string{"--probe-addr", addr}
				if one.check {
					flags = append(flags, "--ready-check", "http://"+server+"/", "--live-check", "http://"+server+"/")
				}
				r := launch(t, spec{args: command(flags, role("slow", server, takes.String())...)})
				r.says("ready")
				testkit.Soon(t, "it is ready", func() bool { return probeOnce(addr, "/readyz") == nil })
				leave := enterCrowd(t, addr, n, one.asks)
				time.Sleep(500 * time.Millisecond)
				p := kubelet(t, addr, crowdFor(), "/readyz", "/livez")
				fared := leave()
				t.Logf("%d probes, %d failed, %d more while the machine was late, the slowest %v; crowd: %s; peak memory %s",
					p.probes, len(p.failures), p.late, p.slowest, fared, peakOf(r.cmd.Process.Pid))
				if len(p.failures) > 0 {
					t.Errorf("%d of %d probes failed:\n%s", len(p.failures), p.probes, strings.Join(p.failures[:min(len(p.failures), 20)], "\n"))
				}
				r.signal(syscall.SIGTERM)
				r.wantExit(0)
			})
		}
	}
}

// peakOf is the most memory that a process ever had resident.
func peakOf(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(kib)
		}
	}
	return "unknown"
}
