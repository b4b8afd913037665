package front

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// few is behind with room for so many connections.
func few(t *testing.T, most int, program net.Addr) (*Front, string) {
	l := listen(t)
	f := New(Config{Routes: []Route{{l, Target{program.Network(), program.String()}}}})
	f.most = most
	f.Serve()
	t.Cleanup(func() { f.Close(); f.Cut() })
	return f, l.Addr().String()
}

// Where there is no room for more connections the longest silent one leaves, and who
// is new is served. What is in flight stays.
func TestRoom(t *testing.T) {
	release := make(chan bool)
	f, front := few(t, 6, program(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
		fmt.Fprint(w, "answer")
	}))
	const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	slow := dial(t, front)
	io.WriteString(slow, "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	eventually(t, "in flight", func() bool { return f.Stats().InFlight == 1 })
	var kept []net.Conn
	for i := range 5 {
		c := dial(t, front)
		io.WriteString(c, get)
		expect(t, c, "HTTP/1.1 200 OK\r\n")
		silentFor(t, f, c, time.Duration(10-i)*time.Minute)
		kept = append(kept, c)
	}
	c := dial(t, front)
	io.WriteString(c, get)
	expect(t, c, "HTTP/1.1 200 OK\r\n")
	if n := f.Stats().Connections; n > 6 {
		t.Errorf("%d connections", n)
	}
	io.Copy(io.Discard, kept[0]) // up to its end
	io.WriteString(kept[4], get)
	close(release)
	if got, err := io.ReadAll(slow); err != nil || len(got) == 0 {
		t.Errorf("what was in flight: %q, %v", got, err)
	}
	eventually(t, "the last is served still", func() bool { return f.Stats().Requests[2] == 8 })
}

// silentFor has a client have been silent for so long.
func silentFor(t *testing.T, f *Front, client net.Conn, d time.Duration) {
	t.Helper()
	eventually(t, "it is silent", func() bool {
		for _, c := range f.all() {
			if c.RemoteAddr().String() == client.LocalAddr().String() && waits(c) {
				c.mu.Lock()
				c.since = c.since.Add(-d)
				c.mu.Unlock()
				return true
			}
		}
		return false
	})
}

// failing is a listener whose accept(2) fails first.
type failing struct {
	net.Listener
	times atomic.Int32
	err   error
}

func (l *failing) Accept() (net.Conn, error) {
	if l.times.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: l.err}
	}
	return l.Listener.Accept()
}

// What accept(2) fails with is over soon, and no reason to serve nobody any more.
func TestAcceptFails(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "answer") })
	for _, err := range []error{syscall.ENOMEM, syscall.ENOBUFS, syscall.EPERM, syscall.EPROTO, syscall.EMFILE} {
		l := &failing{Listener: listen(t), err: err}
		l.times.Store(3)
		f := New(Config{Routes: []Route{{l, Target{"tcp", to.String()}}}})
		f.Serve()

		if got := say(t, l.Addr().String(), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); len(got) == 0 {
			t.Errorf("after %v: no answer", err)
		}
		f.Close()
	}
}

// A connection that was told to leave is room already: no other leaves for it.
func TestRoomIsMadeOnce(t *testing.T) {
	f := New(Config{})
	for range 3 {
		near, far := net.Pipe()
		t.Cleanup(func() { far.Close() })
		c := f.admit(near, &target{})
		c.waiting, c.since = true, time.Now().Add(-time.Minute)
	}
	leaving := func() (n int) {
		for _, c := range f.all() {
			if _, leaves := c.silent(time.Now()); leaves {
				n++
			}
		}
		return n
	}
	for range 3 {
		if f.makeRoom(); leaving() != 1 {
			t.Fatalf("%d of 3 leave, want 1", leaving())
		}
	}
	for _, c := range f.all() {
		c.Close()
	}
}

// Who asks in the moment of being told to leave is answered, and told that it was the
// last answer: the next request would meet the end of the connection.
func TestLastAnswerOfOneThatLeaves(t *testing.T) {
	const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	to := program(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "answer") })
	for _, to := range []net.Addr{to, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}} {
		f, front := few(t, 6, to)
		client := dial(t, front)
		r := bufio.NewReader(client)
		for _, last := range []bool{false, true} {
			if last { // told by another goroutine, after the first byte of the request has come
				c := f.all()[0]
				c.mu.Lock()
				c.leaving = true
				c.mu.Unlock()
			}
			io.WriteString(client, get)
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, answer.Body)
			if answer.Close != last {
				t.Errorf("%s, last %v: it says close %v", answer.Status, last, answer.Close)
			}
			eventually(t, "waits for the next, or has left", func() bool {
				all := f.all()
				return len(all) == 0 || waits(all[0])
			})
		}
	}
}

func waits(c *conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

// Room is looked for often at first, and seldom where it takes long: connections that
// are all in use may stay so.
func TestHowOftenRoomIsLookedFor(t *testing.T) {
	for free, want := range map[time.Duration]time.Duration{
		2 * time.Millisecond:     5 * time.Millisecond,
		6 * time.Millisecond:     15 * time.Millisecond,
		10056 * time.Millisecond: 10155 * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			f := New(Config{})
			f.open.Store(int64(f.most))
			began := time.Now()
			time.AfterFunc(free, func() { f.open.Add(-1) })
			f.waitForRoom()
			if d := time.Since(began); d != want {
				t.Errorf("room after %v: seen after %v, want %v", free, d, want)
			}
		})
	}
}
