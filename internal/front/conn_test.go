package front

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

// admitted is a connection of a front that net/http does not serve, and its client.
func admitted(t *testing.T) (*conn, *net.TCPConn) {
	t.Helper()
	l := listen(t)
	client := dial(t, l.Addr().String())
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c := New(Config{}).admit(server, nil)
	t.Cleanup(func() { c.Close() })
	return c, client
}

// No request is waited for on a connection that leaves, whether it was told so
// before net/http asks for the next request or while it does. One that is there is
// taken, and one that begins in the moment after has the time of a head.
func TestLeave(t *testing.T) {
	told := map[string]func(*conn){
		"told to leave": func(c *conn) { c.leave(true) },
		"idle, in a front that closes": func(c *conn) {
			c.front.closing.Store(true)
			c.idle()
		},
	}
	for name, tell := range told {
		c, _ := admitted(t)
		tell(c)
		if n, err := c.Read(make([]byte, 9)); n != 0 || err != io.EOF {
			t.Errorf("%s: got %d, %v; want the end", name, n, err)
		}
		c, client := admitted(t)
		io.WriteString(client, "GET")
		eventually(t, "the bytes are there", func() bool { return arrived(c) })
		tell(c)
		if n, err := c.Read(make([]byte, 9)); n != 3 || err != nil {
			t.Errorf("%s, and asked: got %d, %v; want 3 bytes", name, n, err)
		}
		io.WriteString(client, " ")
		if n, err := c.Read(make([]byte, 9)); n != 1 || err != nil {
			t.Errorf("%s, and asks on: got %d, %v; want 1 byte", name, n, err)
		}
	}
	c, client := admitted(t)
	client.Close()
	eventually(t, "the end is there", func() bool { return queued(c.raw) })
	c.leave(true)
	if n, err := c.Read(make([]byte, 9)); n != 0 || err != io.EOF {
		t.Errorf("the client has gone: got %d, %v; want the end", n, err)
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
	if c.end() || c.front.Stats().Upgraded != 0 || len(c.front.all()) > 0 {
		t.Errorf("a tunnel that had ended is cut; %+v", c.front.Stats())
	}
}

// A client that is done before the handler runs is so to the handler. It is held
// until net/http no longer wants to read, or the connection is cut.
func TestDoneBeforeTheHandler(t *testing.T) {
	for want, end := range map[error]func(*conn){
		os.ErrDeadlineExceeded: func(c *conn) { c.SetReadDeadline(past) },
		net.ErrClosed:          func(c *conn) { c.end() },
	} {
		c, client := admitted(t)
		c.begin(true)
		client.CloseWrite()
		held := make(chan error, 1)
		go func() {
			_, err := c.Read(make([]byte, 1))
			held <- err
		}()
		eventually(t, "the end of what the client sends", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.done
		})
		x := &exchange{in: &http.Request{ProtoMajor: 1, ProtoMinor: 1}}
		if c.run(x); !x.gone() {
			t.Error("the handler does not know it")
		}
		end(c)
		if err := receive(t, held); !errors.Is(err, want) {
			t.Errorf("the end of the hold: %v, want %v", err, want)
		}
	}
}

// A request that is cut before the handler runs is counted once, and not passed on.
func TestCutBeforeTheHandler(t *testing.T) {
	c, _ := admitted(t)
	c.to = &target{Target: Target{"tcp", "127.0.0.1:1"}}
	c.begin(true)
	if !c.end() {
		t.Error("it is not cut")
	}
	func() {
		defer func() {
			if p := recover(); p != http.ErrAbortHandler {
				t.Errorf("the handler ended with %v, want %v", p, http.ErrAbortHandler)
			}
		}()
		request := httptest.NewRequest("GET", "/", nil)
		c.front.handle(httptest.NewRecorder(), request.WithContext(withConn(t.Context(), c)))
	}()
	if s := c.front.Stats(); s.Requests != [6]uint64{1} || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
}
