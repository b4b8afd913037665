package peers_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestIdle: no ticker anywhere. Left alone, with probes served, drainit wakes
// at most twice a minute, all threads together; tini wakes every second.
func TestIdle(t *testing.T) {
	t.Parallel()
	watch := 40 * time.Second
	if testing.Short() {
		watch = 8 * time.Second
	}
	compare(t, func(a *attempt) {
		if a.is("tini") {
			watch := 2 * time.Second // once a second shows soon
			a.t.Logf("tini: %d voluntary context switches in %v", switches(a, watch), watch)
			return
		}
		n := switches(a, watch)
		a.t.Logf("drainit: %d voluntary context switches in %v", n, watch)
		if n > 2 {
			a.fail("%d voluntary context switches in %v, want at most 2", n, watch)
		}
	})
}

// switches counts the voluntary context switches of an idle init.
func switches(a *attempt, watch time.Duration) int {
	p := a.start(spec{flags: serving(a.t), command: []string{"sleep", "1000"}})
	p.below("sleep 1000")
	time.Sleep(2 * time.Second) // starting is not idling
	before := voluntary(a, p.pid)
	time.Sleep(watch)
	n := 0
	for thread, count := range voluntary(a, p.pid) {
		n += count - before[thread]
	}
	return n
}

// voluntary reads the counts of all threads, proc_pid_status(5).
func voluntary(a *attempt, pid int) map[string]int {
	counts := map[string]int{}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		a.fail("%v", err)
	}
	for _, t := range threads {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/status", pid, t.Name()))
		_, after, _ := strings.Cut(string(b), "\nvoluntary_ctxt_switches:")
		line, _, _ := strings.Cut(after, "\n")
		n, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			a.fail("thread %s: %q: %v", t.Name(), line, err)
		}
		counts[t.Name()] = n
	}
	return counts
}
