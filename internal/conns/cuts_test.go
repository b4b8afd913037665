package conns

import (
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The ends of connections in their kinds: how many of them are cut.
// The loop at its end waits: nothing says which end the kernel has yet to tell of.
func TestCuts(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	cuts, err := FollowCuts([]uint16{portOf(l)})
	if err != nil {
		t.Fatal(err)
	}
	w := &Watch{Ports: []uint16{portOf(l)}}
	cuts.Begin()
	for _, tt := range []struct {
		name string
		end  func(p pair)
		want int // so far
	}{
		{"nothing asked", func(p pair) { p.server.Close(); p.client.Close() }, 0},
		{"answered", func(p pair) { p.ask(t); p.answer(t); p.server.Close(); p.client.Close() }, 0},
		{"answered, and the client closes", func(p pair) { p.ask(t); p.answer(t); p.client.Close(); ticks(); p.server.Close() }, 0},
		{"answered, and reset by the client", func(p pair) {
			p.ask(t)
			p.answer(t)
			p.client.(*net.TCPConn).SetLinger(0)
			p.client.Close()
			ticks()
			p.server.Close()
		}, 0},
		{"asked, and closed", func(p pair) { p.ask(t); ticks(); p.server.Close(); p.client.Close() }, 1},
		{"asked again, and closed", func(p pair) {
			p.ask(t)
			p.answer(t)
			p.ask(t)
			ticks()
			p.server.Close()
			p.client.Close()
		}, 2},
		{"not read, so reset", func(p pair) { p.client.Write([]byte("hello")); ticks(); p.server.Close(); p.client.Close() }, 3},
		{"asked, and closed, while the client holds on", func(p pair) { p.ask(t); ticks(); p.server.Close() }, 4},
	} {
		p := open(t, l, "tcp4")
		begin := time.Now()
		p.client.SetDeadline(time.Now().Add(10 * time.Second))
		tt.end(p)
		if _, err := w.Look(); err != nil {
			t.Fatal(err)
		}
		// Nothing says which end is still to be told of; that takes a moment.
		n, most, known := 0, 0, false
		for n, most, known = cuts.Count(nil, false); (n != tt.want || !known) && time.Since(begin) < 5*time.Second; n, most, known = cuts.Count(nil, false) {
			time.Sleep(10 * time.Millisecond)
		}
		if n != tt.want || most < n || !known {
			t.Errorf("%s: %d to %d cut, %v; want %d", tt.name, n, most, known, tt.want)
		}
	}
}

// What was in flight at the last look, and is answered before the stop signal,
// is not cut, and known not to be.
func TestCutsKnowWhatEndedBefore(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	cuts, err := FollowCuts([]uint16{portOf(l)})
	if err != nil {
		t.Fatal(err)
	}
	w := &Watch{Ports: []uint16{portOf(l)}}
	p := open(t, l, "tcp4")
	p.ask(t)
	cuts.Looking()
	wantSeen(t, "asked", w, Seen{InFlight: 1})
	p.answer(t)
	p.server.Close()
	p.client.Close()
	for begin := time.Now(); cuts.earlierEnds() == 0 && time.Since(begin) < 5*time.Second; {
		time.Sleep(10 * time.Millisecond) // the kernel tells a moment later
	}
	suspects := w.InFlight()
	cuts.Begin()
	cuts.Looking() // for a look that the end of the program overtakes
	if n, most, known := cuts.Count(suspects, false); n != 0 || most != 0 || !known {
		t.Errorf("%d to %d cut, known %v; want none, known", n, most, known)
	}
}

// Looks do not remember more than came to an end since.
func TestCutsForget(t *testing.T) {
	c := &Cuts{ports: []uint16{80}, earlier: map[uint64]verdict{}}
	c.end(row{state: 7, local: netip.MustParseAddrPort("127.0.0.1:80"), cookie: 1})
	c.end(row{state: 7, local: netip.MustParseAddrPort("127.0.0.1:81"), cookie: 2})
	if n := c.earlierEnds(); n != 1 {
		t.Errorf("%d ends are remembered, want the one of the port", n)
	}
	c.Looking()
	if n := c.earlierEnds(); n != 0 || len(c.before) != 1 {
		t.Errorf("%d ends, and %d before the look, are remembered; want none and the one", n, len(c.before))
	}
	c.Looking()
	if n := len(c.before); n != 0 {
		t.Errorf("%d ends are remembered over two looks, want none", n)
	}
}

// What the kernel does not tell of is an upper bound: what ended in the same tick
// as it was asked, or was in flight and is in no listing; and, before Begin, what
// ended at all, which its client may have done.
func TestCutsAtMost(t *testing.T) {
	known := tcpInfo{known: true, sent: 5, received: 6}
	asked, answered := known, known
	asked.sinceSent = time.Second
	answered.sinceReceived = time.Second
	local := netip.MustParseAddrPort("127.0.0.1:80")
	for _, tt := range []struct {
		name        string
		begun       bool
		ends        []tcpInfo
		suspects    []uint64
		least, most int
		missing     int
	}{
		{"nothing", true, nil, nil, 0, 0, 0},
		{"answered", true, []tcpInfo{answered}, []uint64{0}, 0, 0, 0},
		{"asked", true, []tcpInfo{asked}, nil, 1, 1, 0},
		{"undecided", true, []tcpInfo{known, asked}, nil, 1, 2, 0},
		{"nothing is told of it", true, nil, []uint64{7, 8}, 0, 0, 2},
		{"no tcp_info", true, []tcpInfo{{}}, nil, 0, 1, 0},
		{"before Begin", false, []tcpInfo{asked, answered}, []uint64{0}, 0, 1, 0},
	} {
		c := &Cuts{ports: []uint16{80}, earlier: map[uint64]verdict{}}
		if tt.begun {
			c.Begin()
		}
		for i, info := range tt.ends {
			c.end(row{state: 7, local: local, cookie: uint64(i), info: info})
		}
		c.Looking() // which the program's end overtakes
		got := c.tally(map[uint64]verdict{}, tt.suspects)
		if got.least != tt.least || got.most != tt.most || got.missing != tt.missing || got.lost {
			t.Errorf("%s: %+v, want %d to %d, and %d missing", tt.name, got, tt.least, tt.most, tt.missing)
		}
	}
}

// A connection that a leftover still has is cut with it, and only then.
func TestCutsOfLeftovers(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	cuts, err := FollowCuts([]uint16{portOf(l)})
	if err != nil {
		t.Fatal(err)
	}
	cuts.Begin()
	p := open(t, l, "tcp4")
	p.ask(t)
	ticks()
	if least, most, known := cuts.Count(nil, false); least != 0 || most != 0 || !known {
		t.Errorf("held by a leftover: %d to %d cut, %v; want none", least, most, known)
	}
	if least, most, known := cuts.Count(nil, true); least != 1 || most != 1 || !known {
		t.Errorf("and that is killed: %d to %d cut, %v; want one", least, most, known)
	}
}

// A listening socket that is shut down first has something unsent at its end, and
// is no connection.
func TestCutsOfAListener(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	cuts, err := FollowCuts([]uint16{portOf(l)})
	if err != nil {
		t.Fatal(err)
	}
	cuts.Begin()
	p := open(t, l, "tcp4")
	p.server.Close()
	p.client.Close()
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) { unix.Shutdown(int(fd), unix.SHUT_RDWR) })
	l.Close()
	for begin := time.Now(); cuts.endsTold() < 2 && time.Since(begin) < 5*time.Second; {
		time.Sleep(10 * time.Millisecond)
	}
	if least, most, known := cuts.Count(nil, false); least != 0 || most != 0 || !known || cuts.endsTold() < 2 {
		t.Errorf("%d to %d cut, %v, of %d ends; want none of two", least, most, known, cuts.endsTold())
	}
}

func (c *Cuts) endsTold() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.told
}

// Suspects of which the kernel never tells are counted after countPatience.
func TestCutsMissing(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	cuts, err := FollowCuts([]uint16{portOf(l)})
	if err != nil {
		t.Fatal(err)
	}
	cuts.Begin()
	begin := time.Now()
	if least, most, known := cuts.Count([]uint64{1 << 60}, false); least != 0 || most != 1 || !known || time.Since(begin) < countPatience {
		t.Errorf("%d to %d cut, %v, after %v; want 0 to 1 after %v", least, most, known, time.Since(begin), countPatience)
	}
}

func (c *Cuts) earlierEnds() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.earlier)
}

// roleCut makes this test binary a server that answers one of two requests and
// is gone.
const roleCut = "CONNS_TEST_CUT"

func TestMain(m *testing.M) {
	if os.Getenv(roleCut) == "" {
		os.Exit(m.Run())
	}
	l, err := net.FileListener(os.NewFile(3, ""))
	if err != nil {
		os.Exit(1)
	}
	var last net.Conn
	for range 2 {
		if last, err = l.Accept(); err != nil {
			os.Exit(1)
		}
		last.Read(make([]byte, 5))
	}
	os.Stdout.WriteString("asked\n")
	os.Stdin.Read(make([]byte, 1)) // until told
	last.Write([]byte("answer"))
	os.Exit(0)
}

// A process that answers one and ends with it has cut the other, and only that,
// though both were in flight when they were last looked at.
func TestCutsOfAProcess(t *testing.T) {
	for round := range 5 {
		l, _ := listen(t, "tcp4", "127.0.0.1:0")
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.ExtraFiles, cmd.Stderr = append(os.Environ(), roleCut+"=1"), []*os.File{f}, os.Stderr
		stdin, _ := cmd.StdinPipe()
		stdout, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			c, err := net.Dial("tcp4", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			c.Write([]byte("hello"))
			go func() { io.ReadAll(c); c.Close() }()
		}
		line := make([]byte, 6)
		if _, err := io.ReadFull(stdout, line); err != nil || !strings.HasPrefix(string(line), "asked") {
			t.Fatalf("the server says %q, %v", line, err)
		}
		w := &Watch{Ports: []uint16{portOf(l)}}
		wantSeen(t, "both asked", w, Seen{InFlight: 2})
		cuts, err := FollowCuts(w.Ports)
		if err != nil {
			t.Fatal(err)
		}
		cuts.Begin()
		stdin.Close()
		cmd.Wait()
		begin := time.Now()
		if n, most, known := cuts.Count(w.InFlight(), false); n != 1 || most < 1 || !known {
			t.Errorf("round %d: %d to %d cut, %v after %v; want one", round, n, most, known, time.Since(begin))
		}
		t.Logf("told after %v", time.Since(begin))
	}
}

// It runs in a goroutine of its own, where a panic would end PID 1.
func TestCutsSurvive(t *testing.T) {
	c := new(Cuts)
	c.follow() // without a socket
	if !c.lost {
		t.Error("what failed is said to be known")
	}
}
