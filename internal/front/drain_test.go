package front

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// keeper is a client that keeps its connections.
func keeper(t testing.TB) *http.Client {
	tr := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

// slowly answers after d, with what it was sent.
func slowly(d time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		time.Sleep(d)
		w.Write(body)
	}
}

// Clients that keep their connections leave during a drain without a failed request:
// each answer says that the connection closes, and new ones are served.
func TestDrain(t *testing.T) {
	f, front := behind(t, program(t, slowly(3*time.Millisecond)))
	client := keeper(t)
	var draining atomic.Bool
	var done, kept atomic.Int32
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				begun := draining.Load()
				body := fmt.Sprint(i, " ", n)
				answer, err := client.Post("http://"+front, "text/plain", strings.NewReader(body))
				if err != nil {
					t.Errorf("POST: %v", err)
					return
				}
				got, err := io.ReadAll(answer.Body)
				answer.Body.Close()
				if string(got) != body || err != nil {
					t.Errorf("%q, %v; want %q", got, err, body)
				}
				if begun && !answer.Close {
					kept.Add(1)
				}
				done.Add(1)
			}
		})
	}
	eventually(t, "some answers", func() bool { return done.Load() > 200 })
	before := f.Stats().Accepted
	f.Drain()
	draining.Store(true)
	now := done.Load()
	eventually(t, "answers while draining", func() bool { return done.Load() > now+500 })
	close(stop)
	wg.Wait()
	if kept.Load() > 0 {
		t.Errorf("%d answers during the drain did not say Connection: close", kept.Load())
	}
	if before > 100 || f.Stats().Accepted < before+400 {
		t.Errorf("%d connections before the drain, %d after", before, f.Stats().Accepted)
	}
	eventually(t, "no connection left", func() bool { return f.Stats().Connections == 0 })
	f.Close()
	if n := f.Cut(); n != 0 {
		t.Errorf("%d cut", n)
	}
}

// While the front closes, whoever connects anew is either served or refused, and
// what is in flight ends whole.
func TestCloseUnderNewConnections(t *testing.T) {
	for range 5 {
		f, front := behind(t, program(t, slowly(2*time.Millisecond)))
		f.Drain()
		var served atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for {
					c, err := net.DialTimeout("tcp", front, 100*time.Millisecond)
					if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, os.ErrDeadlineExceeded) || isTimeout(err) {
						return
					}
					if err != nil {
						t.Errorf("connecting: %v", err)
						return
					}
					io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
					got, err := io.ReadAll(c)
					c.Close()
					if !strings.HasSuffix(string(got), "\r\n\r\nbody") || err != nil {
						t.Errorf("%q, %v", got, err)
						return
					}
					served.Add(1)
				}
			})
		}
		eventually(t, "some answers", func() bool { return served.Load() > 200 })
		f.Close()
		wg.Wait()
		if n := f.Cut(); n != 0 {
			t.Errorf("%d cut", n)
		}
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// Close ends connections on which nothing is asked and leaves the others: what is in
// flight, what is half said, and what has just been made.
func TestCloseLeavesWhatIsInFlight(t *testing.T) {
	release := make(chan struct{})
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
		fmt.Fprint(w, "answer")
	})
	f, front := behind(t, to)
	const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	kept, slow, half, fresh, unused := dial(t, front), dial(t, front), dial(t, front), dial(t, front), dial(t, front)
	io.WriteString(kept, get)
	expect(t, kept, "HTTP/1.1 200 OK\r\n")
	io.WriteString(slow, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
	io.WriteString(half, get[:10])
	eventually(t, "two in flight, five connections", func() bool {
		s := f.Stats()
		return s.InFlight == 2 && s.Connections == 5 && s.Requests[2] == 1
	})
	f.Close()
	if rest, err := io.ReadAll(kept); err != nil || !strings.HasSuffix(string(rest), "answer") {
		t.Errorf("the kept one: %q, %v", rest, err)
	}
	if _, err := net.Dial("tcp", front); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("connecting after Close: %v", err)
	}
	io.WriteString(fresh, get)
	io.WriteString(half, get[10:])
	close(release)
	for name, c := range map[string]net.Conn{"slow": slow, "half": half, "fresh": fresh} {
		got, err := io.ReadAll(c)
		if err != nil || !strings.HasSuffix(string(got), "\r\n\r\nanswer") || !strings.Contains(string(got), "\r\nConnection: close\r\n") {
			t.Errorf("the %s one: %q, %v", name, got, err)
		}
	}
	if got, err := io.ReadAll(unused); len(got) > 0 || err != nil {
		t.Errorf("the unused one: %q, %v", got, err)
	}
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
}

// The port is closed even where another process holds the listener.
func TestCloseOfASharedListener(t *testing.T) {
	l := listen(t)
	other, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	f := New(Config{Routes: []Route{{l, Target{"tcp", "127.0.0.1:1"}}}})
	f.Serve()
	f.Close()
	f.Close()
	if _, err := net.Dial("tcp", l.Addr().String()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("connecting after Close: %v", err)
	}
}

// A request that is on its way when idle connections are closed is answered if the
// kernel had it.
func TestCloseAndARequestThatIsThere(t *testing.T) {
	for range 50 {
		f, front := behind(t, program(t, slowly(0)))
		c := dial(t, front)
		r := bufio.NewReader(c)
		const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
		io.WriteString(c, get)
		if _, err := http.ReadResponse(r, nil); err != nil {
			t.Fatal(err)
		}
		eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
		f.closing.Store(true) // as in Close
		f.draining.Store(true)
		io.WriteString(c, get)
		for _, c := range f.all() {
			for !arrived(c) && f.Stats().InFlight == 0 && f.Stats().Requests[2] < 2 { // a busy kernel delivers late
			}
			c.leave(false)
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil || answer.StatusCode != 200 {
			t.Fatalf("%v, %v", answer, err)
		}
	}
}

// arrived reports whether the kernel has bytes of the client's.
func arrived(c *conn) (is bool) {
	c.raw.Control(func(fd uintptr) {
		n, err := unix.IoctlGetInt(int(fd), unix.TIOCINQ)
		is = err != nil || n > 0
	})
	return is
}

// Cut ends all that is open, at both ends, counts it, and no cut answer looks whole.
func TestCut(t *testing.T) {
	told := make(chan error, 10)
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		head, _ := readHead(r)
		switch {
		case strings.HasPrefix(head, "GET /half "):
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
		case strings.HasPrefix(head, "GET /end "):
			io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\nhalf")
		case strings.HasPrefix(head, "GET /chat "):
			io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		}
		_, err := io.Copy(io.Discard, r)
		told <- err
	})
	f, front := behind(t, to)
	dial(t, front) // which asks nothing
	var clients []*net.TCPConn
	for _, request := range []string{
		"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", "GET /half HTTP/1.1\r\nHost: a\r\n\r\n", "GET /end HTTP/1.0\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome", handshake,
		"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		c := dial(t, front)
		io.WriteString(c, request)
		clients = append(clients, c)
	}
	half := dial(t, front)
	io.WriteString(half, "GET")
	eventually(t, "all under way", func() bool {
		s := f.Stats()
		return s.InFlight == 6 && s.Upgraded == 1 && s.Connections == 8
	})
	time.Sleep(20 * time.Millisecond) // for the halves of answers
	f.Close()
	if n := f.Cut(); n != 7 {
		t.Errorf("%d cut, want 7", n)
	}
	if n := f.Cut(); n != 0 || f.Stats().Cut != 7 {
		t.Errorf("%d cut again, %d in all", n, f.Stats().Cut)
	}
	for range clients {
		select {
		case <-told:
		case <-time.After(patience):
			t.Fatal("the program was not told of each")
		}
	}
	for i, c := range clients[:4] {
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			_, err = io.ReadAll(r.Body)
		}
		if err == nil {
			t.Errorf("the cut answer %d looks whole", i)
		}
	}
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
}

// What a client sends ahead of an answer that ends its connection takes none of the
// answer along: a connection that is closed with something unread is reset.
func TestPipeliningClientReadsItsLastAnswer(t *testing.T) {
	const size = 1 << 20
	more := make(chan bool)
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		<-more
		io.CopyN(w, zeros{}, size)
	})
	f, front := behind(t, to)
	f.Drain()
	c := dial(t, front)
	c.SetReadBuffer(64 << 10)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	eventually(t, "in flight", func() bool { return f.Stats().InFlight == 1 })
	io.WriteString(c, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
	conn := f.all()[0]
	eventually(t, "the next one is there", func() bool { return arrived(conn) })
	more <- true
	eventually(t, "the answer is written", func() bool { return f.Stats().Requests[2] == 1 })
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, answer.Body); n != size || err != nil {
		t.Errorf("%d bytes of %d, %v", n, size, err)
	}
}
