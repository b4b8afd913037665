package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/conns"
	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/reaper"
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
		if text := b.log.String(); strings.Contains(text, "leftovers remain") || strings.Contains(text, "front has gone") || !strings.Contains(text, "requests_cut=2") ||
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
		tell := b.supervisor.front.tell
		b.supervisor.front.tell = func(d drain.FrontDeed) bool { return tell(d) && false }
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
	const exited, signalled, memory = "it exited by itself", "a signal that drainit did not send", "out of memory"
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
		b.explainFront(tt.ws)
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
		b.supervisor.front.pid = tt.front
		b.host.children = func() ([]int, bool) { return tt.pids, tt.known }
		if got := b.anythingLeft(tt.none); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}

// linked is a link, and the front's end of it.
func linked(t *testing.T) (*frontLink, *os.File) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	l, err := newFrontLink(ours)
	ours.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.conn.Close()
		theirs.Close()
	})
	return l, theirs
}

// TestFrontLink: each question gets its answer or none, in time, and leaves nothing
// behind; the last word says what was cut, where there was one.
func TestFrontLink(t *testing.T) {
	l, theirs := linked(t)
	go func() {
		buf := make([]byte, messageLimit)
		for _, say := range []func(n uint64) frontWord{
			func(n uint64) frontWord { return frontWord{Answer: n, Stats: &front.Stats{Accepted: n}, Warned: 3} },
			func(n uint64) frontWord { return frontWord{Answer: n} },
			func(n uint64) frontWord { return frontWord{Answer: n + 1, Stats: &front.Stats{Accepted: 7}} },
			func(n uint64) frontWord { return frontWord{Answer: n, Stats: &front.Stats{Accepted: 600}} },
		} {
			n, _ := theirs.Read(buf)
			var order frontOrder
			if json.Unmarshal(buf[:n], &order) != nil || order.Ask == 0 {
				t.Errorf("told %q", buf[:n])
			}
			theirs.Write(encode(say(order.Ask)))
		}
	}()
	if stats, ok := l.askFor(patience); !ok || stats.Accepted != 1 {
		t.Errorf("got %+v, %v", stats, ok)
	}
	if _, warned := l.latest(); warned != 3 {
		t.Errorf("%d warnings, want 3", warned)
	}
	for range 2 {
		if stats, ok := l.askFor(50 * time.Millisecond); ok {
			t.Errorf("got %+v, want no answer", stats)
		}
	}
	e := &frontEvidence{link: l, since: time.Now().Add(-time.Minute)}
	if rate := e.rate(); rate < 5 || rate > 10 {
		t.Errorf("600 a minute: got %v a second", rate)
	}
	if len(l.waiting) > 0 {
		t.Errorf("left behind: %v", l.waiting)
	}
	if n, known := l.lastCut(); known {
		t.Errorf("%d cut, before it was said", n)
	}
	cut := uint64(4)
	theirs.Write(encode(frontWord{Stats: &front.Stats{}, Cut: &cut, Serving: true}))
	theirs.Close()
	if n, known := l.lastCut(); n != 4 || !known || l.isServing() {
		t.Errorf("%d cut, known %v, serving %v", n, known, l.isServing())
	}
	select {
	case <-l.gone:
	case <-time.After(patience):
		t.Fatal("the link does not end with its other end")
	}
	if stats, ok := l.askFor(patience); ok || l.tell(frontOrder{Do: "end"}) {
		t.Errorf("one that has gone: got %+v", stats)
	}
	if rate := e.rate(); rate != 0 {
		t.Errorf("one that has gone: got %v a second", rate)
	}
}

// TestListenForFront: all or none, with a reason that tells what to do, and no
// multipath TCP, on which a close may lose connections.
func TestListenForFront(t *testing.T) {
	taken, free := route{listen: freeAddr(t)}, route{listen: freeAddr(t)}
	all, err := listenForFront([]route{taken})
	if err != nil {
		t.Fatal(err)
	}
	defer all[0].Close()
	raw, _ := all[0].SyscallConn()
	raw.Control(func(fd uintptr) {
		if p, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PROTOCOL); p != unix.IPPROTO_TCP {
			t.Errorf("protocol %d, %v; want TCP", p, err)
		}
	})
	for range 2 { // the free one is left free
		if _, err := listenForFront([]route{free, taken}); err == nil || !strings.Contains(err.Error(), taken.listen+" is already in use") {
			t.Errorf("got %v", err)
		}
	}
	for err, want := range map[error]string{unix.EACCES: "CAP_NET_BIND_SERVICE", unix.EADDRNOTAVAIL: "write an address that can be listened on"} {
		if got := cannotListen(free, err); !strings.Contains(got.Error(), want) || !errors.Is(got, err) {
			t.Errorf("got %v, want %q", got, want)
		}
	}
}

// TestFrontRoutes: a target that is not on this machine, or no port, may have any.
func TestFrontRoutes(t *testing.T) {
	routes := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(":%d=%d", 1000+i, 2000+i))
		}
		return strings.Join(list, ",")
	}
	for _, tt := range []struct {
		args  []string
		want  int // routes
		wrong string
	}{
		{[]string{"--front", ":8080=10.0.0.9:8080"}, 1, ""},
		{[]string{"--front", ":8080=10.0.0.9:10143"}, 1, ""},
		{[]string{"--front", ":8080=unix:/s", "--probe-addr", "off"}, 1, ""},
		{[]string{"--front", routes(16)}, 16, ""},
		{[]string{"--front", routes(17)}, 0, "17 routes; 16 at most"},
		{[]string{"--front", ","}, 0, "no route; write LISTEN=TARGET"},
		{[]string{"--front", "none"}, 0, ""},
	} {
		cfg, _, err := parse(append(tt.args, "--grace-period", "9", "x"), []string{"DRAINIT_FRONT=:80=81"})
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%q: got %v, want %q", tt.args, err, tt.wrong)
			}
		} else if err != nil || len(cfg.Front) != tt.want || cfg.Settings.Front != (tt.want > 0) {
			t.Errorf("%q: got %v, %v; want %d routes", tt.args, cfg.Front, err, tt.want)
		}
	}
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
	e = &frontEvidence{}
	e.arrivals(front.Stats{Accepted: 100_000, Requests: [6]uint64{2: 500}}) // of checks that ask nothing
	if got := e.arrivals(front.Stats{Accepted: 100_000, Requests: [6]uint64{2: 503}}); got != 3 {
		t.Errorf("three requests on kept connections: got %d arrivals", got)
	}
}

// TestFrontIsNobodysListener: nothing that is found counts it for the program.
func TestFrontIsNobodysProcess(t *testing.T) {
	f := &frontProcess{pid: 5, routes: []route{{"127.0.0.1:80", front.Target{Network: "tcp", Address: "127.0.0.1:81"}}}}
	if got := f.without(func() []int { return []int{4, 5, 6} })(); len(got) != 2 || got[0] != 4 || got[1] != 6 {
		t.Errorf("got %v, want 4 and 6", got)
	}
	f.inodes = []uint64{7}
	own := f.or(func(l conns.Listener) bool { return l.Inode == 8 })
	for inode, want := range map[uint64]bool{0: false, 7: true, 8: true, 9: false} {
		if got := own(conns.Listener{Inode: inode}); got != want {
			t.Errorf("a listener of inode %d is drainit's own: got %v", inode, got)
		}
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
