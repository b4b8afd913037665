package frontproc

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/conns"
	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/process"
	"drainit/internal/testkit"
)

// TestFrontLink: each question gets its answer or none, in time, and leaves nothing
// behind; the last word says what was cut, where there was one.
func TestFrontLink(t *testing.T) {
	l, theirs := linked(t)
	go func() {
		buf := make([]byte, messageLimit)
		for _, say := range []func(n uint64) word{
			func(n uint64) word {
				return word{Answer: n, Stats: &front.Stats{Accepted: n}, Warned: map[string]uint64{"late": 3}}
			},
			func(n uint64) word { return word{Answer: n} },
			func(n uint64) word { return word{Answer: n + 1, Stats: &front.Stats{Accepted: 7}} },
			func(n uint64) word { return word{Answer: n, Stats: &front.Stats{Accepted: 600}} },
		} {
			n, _ := theirs.Read(buf)
			var order order
			if json.Unmarshal(buf[:n], &order) != nil || order.Ask == 0 {
				t.Errorf("told %q", buf[:n])
			}
			theirs.Write(process.Encode(say(order.Ask)))
		}
	}()
	if stats, ok := l.askFor(testkit.Patience); !ok || stats.Accepted != 1 {
		t.Errorf("got %+v, %v", stats, ok)
	}
	if _, warned := l.latest(); warned["late"] != 3 {
		t.Errorf("%v warnings, want 3", warned)
	}
	for range 2 {
		if stats, ok := l.askFor(50 * time.Millisecond); ok {
			t.Errorf("got %+v, want no answer", stats)
		}
	}
	e := &evidence{link: l, since: time.Now().Add(-time.Minute)}
	if rate := e.rate(); rate < 5 || rate > 10 {
		t.Errorf("600 a minute: got %v a second", rate)
	}
	if len(l.waiting) > 0 {
		t.Errorf("left behind: %v", l.waiting)
	}
	if cut := l.lastCut(); cut.Known {
		t.Errorf("%+v, before it was said", cut)
	}
	cut := uint64(4)
	theirs.Write(process.Encode(word{Stats: &front.Stats{}, Cut: &cut, Serving: true}))
	theirs.Close()
	if cut := l.lastCut(); cut != (drain.Cut{Known: true, Least: 4, Most: 4}) || l.isServing() {
		t.Errorf("cut %+v, serving %v", cut, l.isServing())
	}
	select {
	case <-l.gone:
	case <-time.After(testkit.Patience):
		t.Fatal("the link does not end with its other end")
	}
	if stats, ok := l.askFor(testkit.Patience); ok || l.tell(order{Do: "end"}) {
		t.Errorf("one that has gone: got %+v", stats)
	}
	if rate := e.rate(); rate != 0 {
		t.Errorf("one that has gone: got %v a second", rate)
	}
}

// TestListenForFront: all or none, with a reason that tells what to do, and no
// multipath TCP, on which a close may lose connections.
func TestListenForFront(t *testing.T) {
	taken, free := config.Route{Listen: testkit.FreeAddr(t)}, config.Route{Listen: testkit.FreeAddr(t)}
	all, err := listenForFront([]config.Route{taken})
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
		if _, err := listenForFront([]config.Route{free, taken}); err == nil || !strings.Contains(err.Error(), taken.Listen+" is already in use") {
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
		cfg, _, err := config.Parse(append(tt.args, "--grace-period", "9", "x"), []string{"DRAINIT_FRONT=:80=81"})
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
	log, out := logOfFront(settings{LogFormat: "text", LogLevel: int(slog.LevelError) + 1})
	log.Info("nothing")
	log.Warn("a warning")
	log.With("key", "value").Error("an error")
	log.Warn("a warning")
	if got := fmt.Sprint(out.Warnings.Counts()); got != "map[a warning:2 an error:1]" {
		t.Errorf("counted %s, want each by its message", got)
	}
}

// TestFrontArrivals: a request is one arrival, on a kept connection or on its
// own, and so is a connection on which nothing is asked.
func TestFrontArrivals(t *testing.T) {
	e := &evidence{}
	for _, tt := range []struct {
		stats front.Stats
		want  int
	}{
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 500}}, 0}, // up to the first
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 500, 5: 3}, InFlight: 2}, 5},
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 502, 5: 3}}, 0}, // they have finished
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 502, 5: 3}, Refused: 1}, 1},
		{front.Stats{Accepted: 10, Requests: [6]uint64{2: 502, 5: 3}, Refused: 1, Streams: 2}, 2},
	} {
		if got := e.arrivals(tt.stats); got != tt.want {
			t.Errorf("%+v: got %d arrivals, want %d", tt.stats, got, tt.want)
		}
	}
	e = &evidence{}
	e.arrivals(front.Stats{Accepted: 10})
	if got := e.arrivals(front.Stats{Accepted: 12}); got != 2 {
		t.Errorf("two connections: got %d arrivals", got)
	}
	e = &evidence{}
	e.arrivals(front.Stats{Accepted: 100_000, Requests: [6]uint64{2: 500}}) // of checks that ask nothing
	if got := e.arrivals(front.Stats{Accepted: 100_000, Requests: [6]uint64{2: 503}}); got != 3 {
		t.Errorf("three requests on kept connections: got %d arrivals", got)
	}
}

// linked is a link, and the front's end of it.
func linked(t *testing.T) (*link, *os.File) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	l, err := newLink(ours)
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

// TestFrontIsNobodysListener: nothing that is found counts it for the program.
func TestFrontIsNobodysProcess(t *testing.T) {
	f := &Process{pid: 5, routes: []config.Route{{Listen: "127.0.0.1:80", Target: front.Target{Network: "tcp", Address: "127.0.0.1:81"}}}}
	if got := f.Without(func() []int { return []int{4, 5, 6} })(); len(got) != 2 || got[0] != 4 || got[1] != 6 {
		t.Errorf("got %v, want 4 and 6", got)
	}
	f.inodes = []uint64{7}
	own := f.Or(func(l conns.Listener) bool { return l.Inode == 8 })
	for inode, want := range map[uint64]bool{0: false, 7: true, 8: true, 9: false} {
		if got := own(conns.Listener{Inode: inode}); got != want {
			t.Errorf("a listener of inode %d is drainit's own: got %v", inode, got)
		}
	}
	none := func() drain.Answer { return drain.No }
	if got := f.OrReachable(none)(); got != drain.No {
		t.Errorf("on loopback: got %v", got)
	}
	f.routes = append(f.routes, config.Route{Listen: ":80", Target: front.Target{}})
	if got := f.OrReachable(none)(); got != drain.Yes {
		t.Errorf("on all addresses: got %v", got)
	}
	if got := (*Process)(nil).OrReachable(none)(); got != drain.No {
		t.Errorf("without a front: got %v", got)
	}
}
