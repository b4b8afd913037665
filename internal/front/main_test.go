package front

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = time.Minute

// A TestMain that fails when a test has left a goroutine of this package behind.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if left := leftGoroutines(); left != "" {
			fmt.Fprintf(os.Stderr, "goroutines are left:\n%s\n", left)
			code = 1
		}
	}
	os.Exit(code)
}

// leftGoroutines returns the stacks that have this package's code in them, once
// they do not go away.
func leftGoroutines() string {
	var left string
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		left = ""
		buf := make([]byte, 8<<20)
		stacks := bytes.Split(buf[:runtime.Stack(buf, true)], []byte("\n\n"))
		for _, s := range stacks[1:] {
			if bytes.Contains(s, []byte("drainit/internal/front.")) {
				left += string(s) + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
	}
	return left
}

// behind starts a front before the program on the listener's address. It is cut at
// the end, which must leave nothing open.
func behind(t testing.TB, program net.Addr, change ...func(*Config)) (*Front, string) {
	t.Helper()
	l := listen(t)
	cfg := Config{Routes: []Route{{l, Target{program.Network(), program.String()}}}, AppendForwarded: true}
	for _, c := range change {
		c(&cfg)
	}
	f := New(cfg)
	f.Serve()
	t.Cleanup(func() {
		f.Close()
		f.Cut()
		eventually(t, "nothing open after the cut", func() bool {
			s := f.Stats()
			return s.Connections == 0 && s.InFlight == 0 && s.Upgraded == 0
		})
	})
	return f, l.Addr().String()
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false)
	l, err := plain.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// program serves h as the program.
func program(t testing.TB, h http.HandlerFunc) net.Addr {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = nil
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.Listener.Addr()
}

// rawProgram serves each connection with h, which gets it as it is.
func rawProgram(t testing.TB, h func(net.Conn, *bufio.Reader)) net.Addr {
	t.Helper()
	l := listen(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				h(c, bufio.NewReader(c))
			}()
		}
	}()
	return l.Addr()
}

// readHead reads up to the empty line and returns all of it.
func readHead(r *bufio.Reader) (string, error) {
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String(), err
		}
	}
}

// dial connects to the front.
func dial(t testing.TB, address string) *net.TCPConn {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// say sends what is given and returns all that is answered until the end.
func say(t testing.TB, address, request string) string {
	t.Helper()
	c := dial(t, address)
	io.WriteString(c, request)
	answer, err := io.ReadAll(c)
	if err != nil && len(answer) == 0 {
		t.Fatalf("no answer to %q: %v", request, err)
	}
	return string(answer)
}

// receive waits for what a channel has.
func receive[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatal("nothing came")
	}
	return v
}

// lines is what was logged so far.
type lines struct {
	mu   sync.Mutex
	text []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}
