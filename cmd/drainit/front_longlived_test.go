package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// aMessage is a server's message of a WebSocket (RFC 6455) in two fragments, and goingAway
// a close frame of 1001, as servers send it and, behind four bytes of mask, clients.
var (
	aMessage  = []byte("\x01\x03one\x80\x03two")
	goingAway = []byte{0x88, 2, 0x03, 0xe9}
	maskedBye = []byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9}
)

// serveSocket says messages until the client's close frame, and ends as servers do.
func serveSocket(w http.ResponseWriter) {
	conn, buf, err := w.(http.Hijacker).Hijack()
	must(err)
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	over := make(chan bool)
	go func() {
		defer close(over)
		io.ReadFull(buf, make([]byte, len(maskedBye)))
	}()
	for n := 0; ; n++ {
		conn.Write(aMessage[:n%len(aMessage)]) // in two pieces
		conn.Write(aMessage[n%len(aMessage):])
		select {
		case <-over:
			conn.Write(goingAway)
			return
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// serveEvents says events for ever.
func serveEvents(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	for err := error(nil); err == nil; time.Sleep(100 * time.Millisecond) {
		io.WriteString(w, "data: one\n")
		w.(http.Flusher).Flush()
		_, err = io.WriteString(w, "data: two\n\n")
		w.(http.Flusher).Flush()
	}
}

// stayers are clients with long-lived connections, and how each ended.
type stayers struct {
	wg    sync.WaitGroup
	began atomic.Int64

	mu    sync.Mutex
	wrong []string
	left  []time.Duration // since it began
}

func (s *stayers) ended(wrong string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, time.Since(time.Unix(0, s.began.Load())))
	if wrong != "" {
		s.wrong = append(s.wrong, wrong)
	}
}

// open asks for something long-lived and waits until it has begun.
func (s *stayers) open(t *testing.T, addr, request string) (net.Conn, *bufio.Reader, *http.Response) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(2 * testkit.Patience))
	io.WriteString(c, request)
	r := bufio.NewReader(c)
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, r, answer
}

// socket holds a WebSocket: nothing but whole messages, a close frame, and the end.
func (s *stayers) socket(t *testing.T, addr string) {
	t.Helper()
	c, r, _ := s.open(t, addr, "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	s.wg.Go(func() {
		p := make([]byte, len(aMessage))
		for {
			_, err := io.ReadFull(r, p[:len(goingAway)])
			if err == nil && bytes.HasPrefix(p, goingAway) {
				c.Write(maskedBye)
				break
			}
			if _, err = io.ReadFull(r, p[len(goingAway):]); err != nil || !bytes.Equal(p, aMessage) {
				s.ended(fmt.Sprintf("a WebSocket: %q, %v", p, err))
				return
			}
		}
		rest, err := io.ReadAll(r)
		if len(rest) > 0 || err != nil {
			s.ended(fmt.Sprintf("behind the close frame: %q, %v", rest, err))
			return
		}
		s.ended("")
	})
}

// events holds a stream of events: whole ones, and the answer's end.
func (s *stayers) events(t *testing.T, addr string) {
	t.Helper()
	const event = "data: one\ndata: two\n\n"
	_, _, answer := s.open(t, addr, "GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n")
	s.wg.Go(func() {
		body, err := io.ReadAll(answer.Body)
		if err != nil || string(body) != strings.Repeat(event, len(body)/len(event)) {
			s.ended(fmt.Sprintf("a stream: %q, %v", body[max(0, len(body)-50):], err))
			return
		}
		s.ended("")
	})
}

// TestFrontLongLivedLeave: WebSockets and streams of events of a program that never ends
// them leave within the hold, one after another, with a whole message or event, and the
// stop signal is not held for them.
func TestFrontLongLivedLeave(t *testing.T) {
	t.Parallel()
	const sockets, streams = 300, 50
	f := launchFront(t, spec{}, []string{"--grace-period", "60", "--drain-delay", "4"})
	s := new(stayers)
	for range sockets {
		s.socket(t, f.addr)
	}
	for range streams {
		s.events(t, f.addr)
	}
	f.inFlight(sockets + streams)
	s.began.Store(time.Now().UnixNano())
	f.signal(syscall.SIGTERM)
	f.logs(fmt.Sprintf(`msg="long-lived connections leave" process=front count=%d within=`, sockets+streams))
	testkit.Soon(t, "some have left, as is told", func() bool {
		metrics := f.body("/metrics")
		return !strings.Contains(metrics, "drainit_front_left_total 0\n") && strings.Contains(metrics, "drainit_front_left_total ")
	})
	s.wg.Wait()
	f.wantExit(0)
	if len(s.wrong) > 0 {
		t.Errorf("%d of %d ended otherwise: %.500q; stderr:\n%s", len(s.wrong), sockets+streams, s.wrong, f.stderr)
	}
	early := 0
	for _, at := range s.left {
		if at < 2*time.Second {
			early++
		}
	}
	if all := len(s.left); all != sockets+streams || early > all*3/4 { // the instants: internal/front's TestTurnsAreEven
		t.Errorf("%d of %d left in the first half of the hold", early, all)
	}
	f.wantLogged("hold_ended", "nothing in flight")
	f.wantLogged("requests_cut", "0")
	f.wantLogged("left_in_turn", fmt.Sprint(sockets+streams))
}

// TestFrontLongLivedWithoutAHold: they leave at once where nothing is held, and before
// the stop signal where a stop is asked for again.
func TestFrontLongLivedWithoutAHold(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		flags := []string{"--grace-period", "60", "--drain-delay", "0"}
		if again {
			flags = append(flags, "--front-long-lived", "40s")
		}
		f := launchFront(t, spec{}, flags)
		s := new(stayers)
		for range 10 {
			s.socket(t, f.addr)
			s.events(t, f.addr)
		}
		f.inFlight(20)
		f.signal(syscall.SIGTERM)
		if again {
			f.logs(`msg="front closed"`)
			if n := f.status().Front.Upgraded; n != 10 {
				t.Errorf("%d stay of 10 that were given longer than the hold", n)
			}
			time.Sleep(300 * time.Millisecond)
			f.signal(syscall.SIGTERM)
		}
		s.wg.Wait()
		f.wantExit(0)
		if len(s.wrong) > 0 && !again { // else the program is gone at the same time
			t.Errorf("%.500q", s.wrong)
		}
		if !again {
			f.wantLogged("requests_cut", "0")
			f.wantLogged("left_in_turn", "20")
		}
	}
}

// TestFrontLongLivedOff: nobody tells them to leave, and the stop signal waits for them
// as for any request.
func TestFrontLongLivedOff(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{env: []string{"DRAINIT_FRONT_LONG_LIVED=off"}}, []string{"--deadline", "8s", "--drain-delay", "0"})
	s := new(stayers)
	s.socket(t, f.addr)
	f.inFlight(1)
	f.signal(syscall.SIGTERM)
	s.wg.Wait()
	f.wantExit(0)
	f.wantLogged("hold_ended", "reserve begins")
	if len(s.wrong) != 1 {
		t.Errorf("it was told to leave: %q", s.wrong)
	}
}
