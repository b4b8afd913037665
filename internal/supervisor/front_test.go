package supervisor

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/frontproc"
	"drainit/internal/reaper"
	"drainit/internal/signals"
)

const frontPID = 6

// withFront gives the bench a front that is idle so long after it was told to
// close, and ends at once when it is told to.
func (b *bench) withFront(idleAfter time.Duration) {
	idle := make(chan struct{}, 1)
	b.fake.children = append(b.fake.children, frontPID)
	b.supervisor.front.Front = frontproc.Front{
		PID:  frontPID,
		Idle: idle,
		Tell: func(d drain.FrontDeed) bool {
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
		Leave: func(within time.Duration) bool {
			b.fake.note("front leaves within %v", within)
			return true
		},
		Cut: func() drain.Cut { return drain.Cut{Known: true, Least: 2, Most: 2, Left: 7} },
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
		b.wantDid(t, "0s front drain", "0s front leaves within 5s", "5s front close", "5s front leaves within 0s", "8s SIGTERM to 7", "8s SIGCONT to 7", "9s front end")
		if text := b.log.String(); strings.Contains(text, "leftovers remain") || strings.Contains(text, "front has gone") || !strings.Contains(text, "requests_cut=2 left_in_turn=7") ||
			strings.Count(text, `msg="front closed"`) != 1 || !strings.Contains(text, `msg="front closed" after=5s`) || strings.Contains(text, "front not told") {
			t.Errorf("log:\n%s", text)
		}
	})
}

// TestFrontNotTold: one that takes no orders is not said to have closed, and is
// waited for no longer than there is time.
func TestFrontNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second, Front: true}, signals.Process{Comm: "app"})
		b.withFront(0)
		tell := b.supervisor.front.Tell
		b.supervisor.front.Tell = func(d drain.FrontDeed) bool { return tell(d) && false }
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(25 * time.Second)
		b.exits(0)
		text := b.log.String()
		for _, want := range []string{`msg="front not told" to=drain after=0s`, `msg="front not told" to=close after=5s`} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in\n%s", want, text)
			}
		}
		if strings.Contains(text, "front closed") || strings.Contains(text, "to=end") || !strings.Contains(text, "hold_ended=\"reserve begins\"") {
			t.Errorf("log:\n%s", text)
		}
	})
}

// TestWhyTheFrontWent: want of memory is blamed where the kernel counted one and
// SIGKILL ended the front, once for each.
func TestWhyTheFrontWent(t *testing.T) {
	const exited, signalled, memory = "it exited by itself", "a signal that drainit did not send", "perhaps out of memory"
	for _, tt := range []struct {
		ws    unix.WaitStatus
		kills int
		known bool
		want  string
	}{
		{0, 0, true, exited}, {unix.WaitStatus(2 << 8), 1, true, exited}, {unix.WaitStatus(9 << 8), 1, true, exited},
		{unix.WaitStatus(unix.SIGKILL), 1, true, memory}, {unix.WaitStatus(unix.SIGKILL), 0, true, signalled},
		{unix.WaitStatus(unix.SIGKILL), 1, false, signalled}, {unix.WaitStatus(unix.SIGSEGV), 1, true, signalled},
	} {
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second, Front: true}, signals.Process{Comm: "app"})
		b.host.oomKills = func() (int, bool) { return tt.kills, tt.known }
		b.explainFront(tt.ws, b.end.oom.look(b.host.oomKills, 1, false))
		if text := b.log.String(); !strings.Contains(text, fmt.Sprintf("status=%d why=%q", reaper.Status(tt.ws), tt.want)) {
			t.Errorf("%x, %d kills, known %v: want %q in\n%s", tt.ws, tt.kills, tt.known, tt.want, text)
		}
	}
	for ws, want := range map[unix.WaitStatus]int{0: 1, 3 << 8: 3, unix.WaitStatus(unix.SIGKILL): 137} {
		if got := frontStatus(ws); got != want {
			t.Errorf("%x: got status %d, want %d", ws, got, want)
		}
	}
}

// TestAnythingLeftBesidesTheFront: who cannot be seen may be there.
func TestAnythingLeftBesidesTheFront(t *testing.T) {
	b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second, Front: true}, signals.Process{Comm: "app"})
	for _, tt := range []struct {
		front int
		none  bool
		pids  []int
		known bool
		want  bool
	}{
		{0, true, nil, true, false}, {0, false, nil, true, true}, {6, true, nil, true, false},
		{6, false, []int{6}, true, false}, {6, false, []int{6, 8}, true, true}, {6, false, nil, false, true},
	} {
		b.supervisor.front.PID = tt.front
		b.host.children = func() ([]int, bool) { return tt.pids, tt.known }
		if got := b.anythingLeft(tt.none); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
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
		if !strings.Contains(text, `msg="front has gone" status=137 why="perhaps out of memory"`) || strings.Contains(text, "child killed: out of memory") {
			t.Errorf("log:\n%s", text)
		}
	})
}
