package main

import (
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/signals"
)

const frontPID = 6

// withFront gives the bench a front that is idle so long after it was told to
// close, and ends at once when it is told to.
func (b *bench) withFront(idleAfter time.Duration) {
	idle := make(chan struct{}, 1)
	b.fake.children = append(b.fake.children, frontPID)
	b.supervisor.front = fronting{
		pid:  frontPID,
		idle: idle,
		tell: func(d drain.FrontDeed) bool {
			b.fake.note("front %v", d)
			if d == drain.FrontClose && idleAfter > 0 {
				time.AfterFunc(idleAfter, func() { idle <- struct{}{} })
			}
			if d == drain.FrontEnd {
				b.fake.children = nil
				b.fake.ended = append(b.fake.ended, 0)
				b.fake.endedPID = frontPID
				b.sigchld <- syscall.SIGCHLD
			}
			return true
		},
		cut: func() (int, bool) { return 2, true },
	}
}

func TestInstantsOfAFront(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second, Front: true}, signals.Process{Comm: "app"})
		b.withFront(3 * time.Second)
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(9 * time.Second)
		b.exits(0)
		b.wantDid(t, "0s front drain", "5s front close", "8s SIGTERM to 7", "8s SIGCONT to 7", "9s front end")
		if text := b.log.String(); strings.Contains(text, "leftovers remain") || strings.Contains(text, "front has gone") || !strings.Contains(text, "requests_cut=2") {
			t.Errorf("log:\n%s", text)
		}
	})
}

// TestFrontWarningsCount at any level of logging.
func TestFrontWarningsCount(t *testing.T) {
	log, out := logOfFront(frontConfig{LogFormat: "text", LogLevel: int(slog.LevelError) + 1})
	log.Info("nothing")
	log.Warn("a warning")
	log.With("key", "value").Error("an error")
	if n := out.warnings.Load(); n != 2 {
		t.Errorf("%d counted, want 2", n)
	}
}

// TestFrontOutOfMemory: the reason is told, once, and drainit leaves with 137.
func TestFrontOutOfMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second, Front: true}, signals.Process{Comm: "app"})
		b.withFront(0)
		b.host.oomKills = func() (int, bool) { return 1, true }
		b.start()
		time.Sleep(time.Minute)
		b.fake.ended, b.fake.endedPID = []unix.WaitStatus{unix.WaitStatus(unix.SIGKILL)}, frontPID
		b.sigchld <- syscall.SIGCHLD
		synctest.Wait()
		b.fake.endedPID = childPID
		b.exits(unix.WaitStatus(unix.SIGKILL))
		b.wantDid(t, "1m0s SIGTERM to 7", "1m0s SIGCONT to 7")
		if b.status != 137 {
			t.Errorf("left with %d, want 137", b.status)
		}
		text := b.log.String()
		if !strings.Contains(text, `msg="front has gone" status=137 why="out of memory"`) || strings.Contains(text, "child killed: out of memory") {
			t.Errorf("log:\n%s", text)
		}
	})
}

// TestFrontArrivals: a request is one arrival, on a kept connection or on its
// own, and so is a connection on which nothing is asked.
func TestFrontArrivals(t *testing.T) {
	e := &frontEvidence{}
	for _, tt := range []struct {
		stats front.Stats
		want  int
	}{
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 500}}, 0}, // up to the first
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 500, 5: 3}, InFlight: 2}, 5},
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 502, 5: 3}}, 0}, // they have finished
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 502, 5: 3}, Refused: 1}, 1},
	} {
		if got := e.arrivals(tt.stats); got != tt.want {
			t.Errorf("%+v: got %d arrivals, want %d", tt.stats, got, tt.want)
		}
	}
	e = &frontEvidence{}
	e.arrivals(front.Stats{Accepted: 10})
	if got := e.arrivals(front.Stats{Accepted: 12}); got != 2 {
		t.Errorf("two connections: got %d arrivals", got)
	}
}

// TestFrontIsNobodysListener: nothing that is found counts it for the program.
func TestFrontIsNobodysProcess(t *testing.T) {
	f := &frontProcess{pid: 5, routes: []route{{"127.0.0.1:80", front.Target{Network: "tcp", Address: "127.0.0.1:81"}}}}
	if got := f.without(func() []int { return []int{4, 5, 6} })(); len(got) != 2 || got[0] != 4 || got[1] != 6 {
		t.Errorf("got %v, want 4 and 6", got)
	}
	none := func() drain.Answer { return drain.No }
	if got := f.orReachable(none)(); got != drain.No {
		t.Errorf("on loopback: got %v", got)
	}
	f.routes = append(f.routes, route{":80", front.Target{}})
	if got := f.orReachable(none)(); got != drain.Yes {
		t.Errorf("on all addresses: got %v", got)
	}
	if got := (*frontProcess)(nil).orReachable(none)(); got != drain.No {
		t.Errorf("without a front: got %v", got)
	}
}
