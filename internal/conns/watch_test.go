package conns

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// lookers are the two ways to look, by what of them is wanted.
var lookers = map[string]func(ports []uint16, each func(row)) error{
	"sock_diag": diagConnections,
	"proc":      func(_ []uint16, each func(row)) error { return procConnections("/proc/net", each) },
}

// pair is the two ends of an accepted connection.
type pair struct{ client, server net.Conn }

func open(t *testing.T, l net.Listener, network string) pair {
	t.Helper()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return pair{c, s}
}

// say sends a few bytes from one end and reads them at the other.
func say(t *testing.T, from, to net.Conn) {
	t.Helper()
	if _, err := from.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
}

// ticks waits until every kernel's clock has moved on.
func ticks() { time.Sleep(30 * time.Millisecond) }

func (p pair) ask(t *testing.T)    { t.Helper(); say(t, p.client, p.server) }
func (p pair) answer(t *testing.T) { t.Helper(); ticks(); say(t, p.server, p.client); ticks() }

// wantSeen waits for what is to be seen: acknowledgements take a moment.
func wantSeen(t *testing.T, what string, w *Watch, want Seen) {
	t.Helper()
	var got Seen
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		var err error
		if got, err = w.Look(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got.Quiet, got.Refused, got.New, got.Gone = 0, nil, 0, 0
		if got == want {
			return
		}
	}
	t.Errorf("%s: saw %+v, want %+v", what, got, want)
}

func portOf(l net.Listener) uint16 { return l.Addr().(*net.TCPAddr).AddrPort().Port() }

// What is seen of one connection, from its first byte to its end, in each
// family.
func TestWatchOfAConnection(t *testing.T) {
	for _, tt := range []struct{ network, listen, dial string }{
		{"tcp4", "127.0.0.1:0", "tcp4"},
		{"tcp6", "[::1]:0", "tcp6"},
		{"tcp", ":0", "tcp4"}, // the server's end is IPv4 mapped into IPv6
	} {
		if tt.network != "tcp4" && !hasIPv6() {
			continue
		}
		t.Run(tt.network, func(t *testing.T) {
			t.Parallel()
			l, _ := listen(t, tt.network, tt.listen)
			w := &Watch{Ports: []uint16{portOf(l)}}
			wantSeen(t, "nobody", w, Seen{})
			p := open(t, l, tt.dial)
			wantSeen(t, "connected", w, Seen{Idle: 1})
			p.ask(t)
			wantSeen(t, "first request", w, Seen{InFlight: 1})
			p.answer(t)
			wantSeen(t, "answered", w, Seen{Idle: 1})
			p.ask(t)
			wantSeen(t, "second request", w, Seen{InFlight: 1})
			p.answer(t)
			p.client.Write([]byte("half a request"))
			wantSeen(t, "not read", w, Seen{InFlight: 1})
			p.server.Read(make([]byte, 100))
			p.client.(*net.TCPConn).CloseWrite()
			wantSeen(t, "peer has closed, and waits", w, Seen{InFlight: 1})
			p.answer(t)
			wantSeen(t, "peer has closed, and was answered", w, Seen{Idle: 1})
			p.server.Close()
			wantSeen(t, "closed", w, Seen{})
		})
	}
}

// A client that does not read is served still, even after the program has
// written all and closed.
func TestWatchOfASlowReader(t *testing.T) {
	for way, list := range lookers {
		t.Run(way, func(t *testing.T) {
			l, _ := listen(t, "tcp4", "127.0.0.1:0")
			w := &Watch{Ports: []uint16{portOf(l)}, list: list}
			p := open(t, l, "tcp4")
			go p.server.Write(make([]byte, 64<<20)) // until it is closed
			wantSeen(t, "written", w, Seen{InFlight: 1})
			p.server.Close()
			wantSeen(t, "written and closed", w, Seen{InFlight: 1})
			go func() {
				b := make([]byte, 1<<20)
				for err := error(nil); err == nil; _, err = p.client.Read(b) {
				}
				p.client.Close()
			}()
			wantSeen(t, "read", w, Seen{})
		})
	}
}

func TestWatchOfTheListenQueue(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	w := &Watch{Ports: []uint16{portOf(l)}}
	for range 3 {
		c, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Write([]byte("GET"))
	}
	wantSeen(t, "not accepted", w, Seen{Unaccepted: 3})
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantSeen(t, "one accepted", w, Seen{Unaccepted: 2, InFlight: 1})
}

// Connections that the program opened, and those of other ports, are not its
// clients'.
func TestWatchOnlyOfItsPorts(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	other, _ := listen(t, "tcp4", "127.0.0.1:0")
	p, q := open(t, l, "tcp4"), open(t, other, "tcp4")
	p.ask(t)
	q.ask(t)
	many := []uint16{portOf(l), 1, 2, 3, 4, 5} // more than the kernel is asked for one by one
	for way, list := range lookers {
		for _, ports := range [][]uint16{{portOf(l)}, {1, portOf(l)}, many} {
			want := Seen{InFlight: 1}
			if way == "proc" {
				want = Seen{Undecided: 1}
			}
			wantSeen(t, fmt.Sprint(way, ports), &Watch{Ports: ports, list: list}, want)
		}
	}
	if seen, err := (&Watch{}).Look(); err != nil || seen != (Seen{Quiet: forever}) {
		t.Errorf("no ports: %+v, %v; want nothing", seen, err)
	}
}

// Without netlink queues still tell, and the rest is undecided.
func TestWatchWithoutNetlink(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	p, q := open(t, l, "tcp4"), open(t, l, "tcp4")
	p.ask(t)
	q.client.Write([]byte("GET"))
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, errno := range []unix.Errno{unix.EPERM, unix.EPROTONOSUPPORT} {
		t.Run(unix.ErrnoName(errno), func(t *testing.T) {
			runtime.LockOSThread() // for good: the thread ends with the test
			refuseNetlink(t, errno)
			w := &Watch{Ports: []uint16{portOf(l)}, Remember: true}
			// /proc shows the one not accepted as a connection as well.
			wantSeen(t, "refused", w, Seen{InFlight: 1, Undecided: 2, Unaccepted: 1})
			seen, err := w.Look()
			if err != nil || !errors.Is(seen.Refused, errno) || seen.New != 0 || seen.Gone != 0 || seen.Quiet != forever {
				t.Errorf("%+v, %v; want refused with %v, and nothing new or gone", seen, err, errno)
			}
		})
	}
}

func TestWatchRemembers(t *testing.T) {
	for way, list := range lookers {
		t.Run(way, func(t *testing.T) {
			l, _ := listen(t, "tcp4", "127.0.0.1:0")
			w := &Watch{Ports: []uint16{portOf(l)}, Remember: true, list: list}
			want := func(what string, isNew, gone int) {
				t.Helper()
				seen, err := w.Look()
				if err != nil || seen.New != isNew || seen.Gone != gone {
					t.Errorf("%s: %d new, %d gone, %v; want %d, %d", what, seen.New, seen.Gone, err, isNew, gone)
				}
			}
			first := open(t, l, "tcp4")
			want("first look", 0, 0)
			want("the same", 0, 0)
			open(t, l, "tcp4")
			open(t, l, "tcp4")
			want("two more", 2, 0)
			first.server.Close()
			first.client.Close()
			open(t, l, "tcp4")
			want("one more, one less", 1, 1)
		})
	}
}

func TestWatchTellsHowLongItIsQuiet(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	w := &Watch{Ports: []uint16{portOf(l)}, Remember: true}
	p := open(t, l, "tcp4")
	open(t, l, "tcp4")
	time.Sleep(300 * time.Millisecond)
	seen, err := w.Look()
	if err != nil || seen.Quiet < 250*time.Millisecond {
		t.Errorf("quiet for %v, %v; want 300ms or so", seen.Quiet, err)
	}
	before := time.Now()
	p.ask(t)
	seen, err = w.Look()
	if err != nil || seen.Quiet > time.Since(before)+20*time.Millisecond {
		t.Errorf("quiet for %v, %v; want no longer than the %v since a byte came", seen.Quiet, err, time.Since(before))
	}
}

func TestParseRows(t *testing.T) {
	var got []row
	err := parseRows(orders[0], strings.NewReader(heading4+listen4+established+timeWait), func(r row) { got = append(got, r) })
	if err != nil || len(got) != 3 {
		t.Fatalf("%v, %v; want three rows", got, err)
	}
	if got[0].cookie == got[1].cookie || got[1].cookie == got[2].cookie {
		t.Error("different addresses have one identity")
	}
	for i := range got {
		got[i].cookie = 0
	}
	want := []row{
		{state: tcpListen, local: netip.MustParseAddrPort("127.0.0.1:8080"), rqueue: 3, uid: 1000, inode: 70000},
		{state: tcpEstablished, local: netip.MustParseAddrPort("127.0.0.1:8080"), inode: 70001},
		{state: 6, local: netip.MustParseAddrPort("192.0.2.2:33202")},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	for _, bad := range []string{"", heading4 + established[:40] + "\n", heading4 + strings.Replace(established, " 01 ", " XY ", 1)} {
		if err := parseRows(orders[0], strings.NewReader(bad), func(row) {}); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestNothingTells(t *testing.T) {
	dir := t.TempDir()
	if err := procConnections(dir, func(row) {}); err == nil {
		t.Error("no tables, and no error")
	}
	if err := os.WriteFile(filepath.Join(dir, "tcp"), []byte(heading4+established), 0o600); err != nil {
		t.Fatal(err)
	}
	rows := 0
	if err := procConnections(dir, func(row) { rows++ }); err != nil || rows != 1 {
		t.Errorf("without IPv6: %d rows, %v; want one", rows, err)
	}
}

func BenchmarkLook(b *testing.B) {
	for _, n := range []int{10, 1000} {
		l, _ := listen(b, "tcp4", "127.0.0.1:0")
		connect(b, l, n)
		for way, list := range lookers {
			for _, remember := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/connections=%d/remember=%v", way, n, remember), func(b *testing.B) {
					b.ReportAllocs()
					w := &Watch{Ports: []uint16{portOf(l)}, Remember: remember, list: list}
					for b.Loop() {
						if _, err := w.Look(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
