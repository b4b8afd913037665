package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// podRuns is how many random runs TestRandomPods makes. POD_RUNS is set by
// `make pods`.
func podRuns() int {
	if n, err := strconv.Atoi(os.Getenv("POD_RUNS")); err == nil {
		return n
	}
	return 6
}

// member is one container of a random run: what happens to it, and when. Zero
// is never.
type member struct {
	takes, delay                   time.Duration
	signalled, killed, childKilled time.Duration

	*running
	killedAt atomic.Int64 // in nanoseconds since 1970
}

func (m *member) String() string {
	return fmt.Sprintf("takes %v, delay %v, signalled %v, killed %v, child killed %v", m.takes, m.delay, m.signalled, m.killed, m.childKilled)
}

// TestRandomPods stops pods of three with random delays, crashes, kills of any
// drainit and signals up to 2s apart: nobody is told before the one before it is
// done, nobody hangs, and no socket is left.
func TestRandomPods(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for i := range podRuns() {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			randomPod(t, rand.New(rand.NewPCG(seed, uint64(i))))
		})
	}
}

func randomPod(t *testing.T, r *rand.Rand) {
	upTo := func(d time.Duration) time.Duration { return 1 + time.Duration(r.Int64N(int64(d))) }
	p := newPod(t, "app,cache,proxy")
	names := []string{"app", "cache", "proxy"}
	members := make([]*member, len(names))
	for i, name := range names {
		m := &member{takes: upTo(800 * time.Millisecond), delay: upTo(time.Second), signalled: upTo(2 * time.Second)}
		switch r.IntN(8) {
		case 0:
			m.killed = upTo(3 * time.Second)
		case 1:
			m.childKilled = upTo(3 * time.Second)
		}
		m.running = p.launch(name, []string{"--grace-period", "60s", "--drain-delay", m.delay.String()}, takes(m.takes, 0)...)
		p.served(name)
		members[i] = m
		t.Logf("%s: %v", name, m)
	}
	began := time.Now()
	for _, m := range members {
		go m.at(began, m.signalled, func() { _ = m.cmd.Process.Signal(syscall.SIGTERM) })
		go m.at(began, m.killed, func() {
			m.killedAt.Store(time.Now().UnixNano())
			_ = m.cmd.Process.Kill()
		})
		go m.at(began, m.childKilled, func() {
			for _, pid := range descendants(m.cmd.Process.Pid) {
				m.killedAt.Store(time.Now().UnixNano())
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		})
	}
	for _, m := range members {
		m.exit()
	}
	for i, later := range members {
		for _, earlier := range members[:i] {
			wantOrder(t, later, earlier)
		}
	}
	p.leftNothing()
}

func (m *member) at(began time.Time, after time.Duration, do func()) {
	if after == 0 {
		return
	}
	select {
	case <-time.After(time.Until(began.Add(after))):
		do()
	case <-m.done:
	}
}

// wantOrder checks that a member was told after an earlier one was done, or
// killed.
func wantOrder(t *testing.T, later, earlier *member) {
	t.Helper()
	told, _ := later.stamps()
	_, end := earlier.stamps()
	if killed := earlier.killedAt.Load(); killed != 0 && (end == 0 || killed < end) {
		end = killed
	}
	if told != 0 && told < end {
		t.Errorf("told %v before the one before was done; log of the later (%v):\n%s\nof the earlier (%v):\n%s", time.Duration(end-told), later, later.stderr, earlier, earlier.stderr)
	}
}
