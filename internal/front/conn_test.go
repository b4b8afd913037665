package front

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
)

// admitted is a connection of a front that is not served yet, and its client.
func admitted(t *testing.T) (*conn, *net.TCPConn) {
	t.Helper()
	l := listen(t)
	client := dial(t, l.Addr().String())
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	f := New(Config{})
	c := f.admit(server, &target{Target: Target{"tcp", "127.0.0.1:1"}})
	t.Cleanup(func() {
		f.Close()
		c.Close()
	})
	return c, client
}

// No request is waited for on a connection that leaves, whether it was told so
// before the next request is waited for or meanwhile. One that is there is taken, and
// one that begins in the moment after has the time of a head.
func TestLeave(t *testing.T) {
	told := map[string]func(*conn){
		"told to leave": func(c *conn) { c.leave(true) },
		"idle, in a front that closes": func(c *conn) {
			c.front.closing.Store(true)
			c.idle()
		},
	}
	for name, tell := range told {
		c, client := admitted(t)
		tell(c)
		go c.serve()
		if n, err := client.Read(make([]byte, 9)); n != 0 || err != io.EOF {
			t.Errorf("%s: got %d, %v; want the end", name, n, err)
		}
		c, client = admitted(t)
		io.WriteString(client, "GET")
		eventually(t, "the bytes are there", func() bool { return arrived(c) })
		tell(c)
		go c.serve()
		eventually(t, "in flight", func() bool { return c.front.Stats().InFlight == 1 })
		io.WriteString(client, " / HTTP/1.1\r\nHost: a\r\n\r\n")
		if got, err := io.ReadAll(client); !strings.HasPrefix(string(got), "HTTP/1.1 502 ") || err != nil {
			t.Errorf("%s, and asked: got %q, %v; want 502", name, got, err)
		}
	}
	c, client := admitted(t)
	go c.serve()
	eventually(t, "it is waited for", func() bool { return waits(c) })
	c.leave(true)
	if n, err := client.Read(make([]byte, 9)); n != 0 || err != io.EOF {
		t.Errorf("told while it waits: got %d, %v; want the end", n, err)
	}
	c, client = admitted(t)
	client.Close()
	eventually(t, "the end is there", func() bool { return queued(c.raw) })
	c.leave(true)
	c.serve()
	if s := c.front.Stats(); s.Connections != 0 || s.Requests != [6]uint64{} {
		t.Errorf("the client has gone: %+v", s)
	}
}

// What comes after the close is neither in flight nor a tunnel. That it was answered with 101 counts, once.
func TestAfterTheClose(t *testing.T) {
	c, _ := admitted(t)
	c.Close()
	c.begin(true)
	c.upgraded()
	if s := c.front.Stats(); s.InFlight != 0 || s.Upgraded != 0 || s.Requests[1] != 1 || s.Connections != 0 {
		t.Errorf("%+v", s)
	}
	if err := c.Close(); !errors.Is(err, net.ErrClosed) || c.front.Stats().Connections != 0 {
		t.Errorf("closing again: %v, %+v", err, c.front.Stats())
	}
	c, _ = admitted(t)
	c.upgraded()
	c.Close()
	if c.end() != 0 || c.front.Stats().Upgraded != 0 || len(c.front.all()) > 0 {
		t.Errorf("a tunnel that had ended is cut; %+v", c.front.Stats())
	}
}

// A client that is done before its request is answered is so to the exchange.
func TestDoneBeforeTheAnswer(t *testing.T) {
	c, client := admitted(t)
	c.begin(true)
	client.CloseWrite()
	eventually(t, "the end of what the client sends", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.done
	})
	if c.run(); !c.x.gone() {
		t.Error("the exchange does not know it")
	}
}

// One that has sent another request is not done with the first.
func TestDoneWithAnotherRequest(t *testing.T) {
	c, client := admitted(t)
	c.begin(true)
	io.WriteString(client, "GET")
	client.CloseWrite()
	eventually(t, "the end of what the client sends", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.done
	})
	if c.run(); c.x.gone() {
		t.Error("it is taken to have gone")
	}
}

// A request that is cut before it is answered is counted once, and not passed on.
func TestCutBeforeTheAnswer(t *testing.T) {
	c, _ := admitted(t)
	c.begin(true)
	if c.end() == 0 {
		t.Error("it is not cut")
	}
	if f := c.exchange(); f != over {
		t.Errorf("it goes on with %v", f)
	}
	if s := c.front.Stats(); s.Requests != [6]uint64{1} || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
}

// A panic ends one connection, and is told.
func TestPanic(t *testing.T) {
	c, client := admitted(t)
	var log lines
	c.front.cfg.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.reading = nil
	go c.serve()
	io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if got, err := io.ReadAll(client); len(got) > 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	eventually(t, "nothing open", func() bool { s := c.front.Stats(); return s.Connections == 0 && s.InFlight == 0 })
	if !strings.Contains(log.String(), "ended by a panic: ") {
		t.Errorf("log:\n%s", log.String())
	}
}

// A client that went before its request is passed on gets no kept connection, of which
// nobody would tell the program that the client has gone.
func TestGoneBeforeAKeptConnection(t *testing.T) {
	c, _ := admitted(t)
	here, there := net.Pipe()
	defer there.Close()
	c.begin(true)
	c.run()
	c.kept = &upstream{endpoint: newEndpoint(here)}
	c.abort()
	if u, err := c.upstream(); u != nil || err == nil {
		t.Errorf("%v, %v", u, err)
	}
	c.Close()
	if _, err := there.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the kept connection: %v", err)
	}
}

// The end of a connection may be told while one request is followed by the next.
func TestDoneBetweenRequests(t *testing.T) {
	c, _ := admitted(t)
	told := make(chan struct{})
	c.begin(true)
	c.run()
	go func() {
		defer close(told)
		for i := range 2000 {
			c.hangUp(i%2 > 0)
		}
	}()
	for range 2000 {
		c.idle()
		c.begin(true)
		c.run()
	}
	<-told
	c.idle()
	if !c.done {
		t.Error("it does not know that the client is done")
	}
}
