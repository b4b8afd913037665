package probe

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are pipes, for tests of instants.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes {
	return &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
}

// dial returns the client's end of a connection the listener accepts.
func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// closed reports whether the other end of a pipe has been closed.
func closed(c net.Conn) bool {
	c.SetReadDeadline(time.Now().Add(time.Nanosecond))
	_, err := c.Read(make([]byte, 1))
	return err == io.EOF
}

// crowd is a bounded listener, and both ends of what it accepted, in order.
type crowd struct {
	*bounded
	clients, servers []net.Conn
}

// accept opens and accepts n connections. It runs in a bubble.
func (c *crowd) accept(t *testing.T, n int) {
	t.Helper()
	for range n {
		go func() { c.clients = append(c.clients, c.Listener.(*pipes).dial()) }()
		server, err := c.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.servers = append(c.servers, server)
		synctest.Wait()
	}
}

// ask does what the handler does for a request of connection i.
func (c *crowd) ask(t *testing.T, i int) { asked(withConn(t.Context(), c.servers[i])) }

// check compares which connections are open with want: "x" is closed.
func (c *crowd) check(t *testing.T, when, want string) {
	t.Helper()
	var got strings.Builder
	for _, client := range c.clients {
		if closed(client) {
			got.WriteString("x")
		} else {
			got.WriteString("o")
		}
	}
	if got.String() != want {
		t.Errorf("%s: open are %s, want %s", when, got.String(), want)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if listed := len(c.waiting) + len(c.answering); listed != strings.Count(want, "o") {
		t.Errorf("%s: %d listed, want %s", when, listed, want)
	}
}

func TestTheOldestGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{bounded: &bounded{Listener: newPipes(), limit: 5, idle: 3}}
		c.accept(t, 5)
		c.check(t, "at the bound", "ooooo")
		c.accept(t, 1)
		c.check(t, "one more", "xooooo")
		c.servers[2].Close()
		c.servers[2].Close()
		c.servers[0].Close() // as net/http does with one that was closed for it
		c.check(t, "one finished", "xoxooo")
		c.accept(t, 1)
		c.check(t, "its place taken", "xoxoooo")
		c.ask(t, 1)
		c.ask(t, 0) // closed long ago
		c.accept(t, 2)
		c.check(t, "the oldest has asked and stays", "xoxxxoooo")
		c.ask(t, 5)
		c.accept(t, 1)
		c.check(t, "two have asked", "xoxxxoxooo")
		c.ask(t, 8)
		c.check(t, "three have asked, two may", "xxxxxoxooo")
		asked(t.Context()) // not one of ours
		c.Listener.Close()
		if got, err := c.Accept(); err == nil {
			t.Errorf("a closed listener accepts %v", got)
		}
		time.Sleep(time.Minute)
	})
}

func TestTooManyIdleGoAfterPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{bounded: &bounded{Listener: newPipes(), limit: 10, idle: 3}}
		instant := func(at time.Duration, want string) {
			t.Helper()
			synctest.Wait()
			c.check(t, at.String(), want)
		}
		start := time.Now()
		sleepUntil := func(at time.Duration) { time.Sleep(time.Until(start.Add(at))) }
		c.accept(t, 5)
		sleepUntil(100 * time.Millisecond)
		c.accept(t, 2)
		c.ask(t, 1) // not idle any more, whenever it is answered
		sleepUntil(patience - time.Millisecond)
		instant(patience-time.Millisecond, "ooooooo")
		sleepUntil(patience)
		instant(patience, "xoxxooo")
		c.accept(t, 1)
		instant(patience, "xoxxxooo")
		c.accept(t, 1) // the oldest is of 100 ms
		sleepUntil(100*time.Millisecond + patience - time.Millisecond)
		instant(100*time.Millisecond+patience-time.Millisecond, "xoxxxoooo")
		sleepUntil(100*time.Millisecond + patience)
		instant(100*time.Millisecond+patience, "xoxxxxooo")
		time.Sleep(time.Hour)
		instant(time.Hour, "xoxxxxooo")
		if c.trimming {
			t.Error("a timer is kept although nothing is to be done")
		}
	})
}

// A client that sends its header a byte at a time has five seconds, whatever
// it sends.
func TestSlowHeaderEndsAfterFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		s := New(Config{Gate: NewGate(GateConfig{}), Status: func() Status { return Status{} }})
		go s.Serve(p)
		began := time.Now()
		c := p.dial()
		go io.Copy(io.Discard, c)
		var err error
		for err == nil {
			_, err = c.Write([]byte("G"))
			time.Sleep(time.Second)
		}
		if took := time.Since(began); took < readTime || took > readTime+2*time.Second {
			t.Errorf("the connection lasted %s, want %s", took, readTime)
		}
		s.Close()
		synctest.Wait()
	})
}

// A client that asks and does not read is given up after ten seconds.
func TestSlowReaderEndsAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		s := New(Config{Gate: NewGate(GateConfig{}), Status: func() Status { return Status{} }})
		go s.Serve(p)
		c := p.dial()
		began := time.Now()
		if _, err := c.Write([]byte("GET /metrics HTTP/1.0\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(writeTime + time.Second)
		if b, _ := io.ReadAll(c); len(b) > 0 {
			t.Errorf("%d bytes came %s after the request, want the connection closed", len(b), time.Since(began))
		}
		s.Close()
		synctest.Wait()
	})
}
