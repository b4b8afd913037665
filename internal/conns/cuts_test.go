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
	if n, known := cuts.Count(nil); known {
		t.Errorf("before Begin: %d, known", n)
	}
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
		n, known := 0, false
		for n, known = cuts.Count(nil); (n != tt.want || !known) && time.Since(begin) < 5*time.Second; n, known = cuts.Count(nil) {
			time.Sleep(10 * time.Millisecond)
		}
		if n != tt.want || !known {
			t.Errorf("%s: %d cut, %v; want %d", tt.name, n, known, tt.want)
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
	if n, known := cuts.Count(suspects); n != 0 || !known {
		t.Errorf("%d cut, known %v; want none, known", n, known)
	}
}

// Looks do not remember more than came to an end since.
func TestCutsForget(t *testing.T) {
	c := &Cuts{ports: []uint16{80}, earlier: map[uint64]struct{}{}}
	c.end(row{state: 7, local: netip.MustParseAddrPort("127.0.0.1:80"), cookie: 1})
	c.end(row{state: 7, local: netip.MustParseAddrPort("127.0.0.1:81"), cookie: 2})
	if n := c.earlierEnds(); n != 1 {
		t.Errorf("%d ends are remembered, want the one of the port", n)
	}
	c.Looking()
	if n := c.earlierEnds(); n != 0 {
		t.Errorf("%d ends are remembered over a look, want none", n)
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
		if n, known := cuts.Count(w.InFlight()); n != 1 || !known {
			t.Errorf("round %d: %d cut, %v after %v; want one", round, n, known, time.Since(begin))
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
