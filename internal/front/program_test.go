package front

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Malformed answers become 502, never something else.
func TestMalformedAnswers(t *testing.T) {
	answers := make(chan string, 1)
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, <-answers)
	})
	_, front := behind(t, to)
	for _, tt := range answersRefused {
		answers <- tt.answer
		got := say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 502 Bad Gateway\r\n") || !strings.Contains(got, "drainit's front got no answer: the program's answer is malformed: ") {
			t.Errorf("%s: %.300q", tt.name, got)
		}
	}
	for _, answer := range []string{
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\n\r\n",
	} {
		answers <- answer
		if got := say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 502 ") {
			t.Errorf("%q: %q", answer, got)
		}
		answers <- answer
		c := dial(t, front)
		io.WriteString(c, handshake)
		if head, _ := readHead(bufio.NewReader(c)); !strings.HasPrefix(head, "HTTP/1.1 502 ") {
			t.Errorf("%q to one for a WebSocket: %q", answer, head)
		}
	}
}

// An answer that breaks off has no clean end for the client.
func TestAnswerThatBreaksOff(t *testing.T) {
	answers := make(chan string, 1)
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		answer := <-answers
		io.WriteString(c, strings.TrimSuffix(answer, "RST"))
		if strings.HasSuffix(answer, "RST") {
			time.Sleep(50 * time.Millisecond)
			c.(*net.TCPConn).SetLinger(0)
		}
	})
	f, front := behind(t, to)
	for i, answer := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\n",
		"HTTP/1.1 200 OK\r\n\r\nhalfRST",
	} {
		for _, version := range []string{"1.1", "1.0"} {
			answers <- answer
			c := dial(t, front)
			fmt.Fprintf(c, "GET / HTTP/%s\r\nHost: a\r\n\r\n", version)
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatalf("%q: %v", answer, err)
			}
			body, err := io.ReadAll(r.Body)
			if string(body) != "half" || err == nil {
				t.Errorf("%q in %s: %q, error %v", answer, version, body, err)
			}
		}
		eventually(t, "counted as failed", func() bool { return f.Stats().Failed == uint64(2*i+2) })
	}
}

// A program that ends without an answer is 502 at once, on a new connection and on
// a kept one, and it was asked once.
func TestProgramThatDoesNotAnswer(t *testing.T) {
	var asked atomic.Int32
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		for {
			head, err := readHead(r)
			if err != nil {
				return
			}
			asked.Add(1)
			switch {
			case strings.HasPrefix(head, "GET /begun "):
				io.WriteString(c, "HTTP/1.1 200 OK\r\n")
				return
			case strings.HasPrefix(head, "GET /reset "):
				io.WriteString(c, "HTTP/1.1 200 OK\r\n")
				c.(*net.TCPConn).SetLinger(0)
				return
			case !strings.HasPrefix(head, "GET /ok "):
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	f, front := behind(t, to)
	for _, path := range []string{"/", "/begun", "/reset", "/ok"} { // what is asked before
		asked.Store(0)
		failed := f.Stats().Failed
		c := dial(t, front)
		r := bufio.NewReader(c)
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		first, _ := io.ReadAll(answer.Body)
		if want := "closed the connection without an answer"; path != "/ok" && !strings.Contains(string(first), want) {
			t.Errorf("%s: %q", path, first)
		}
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		if answer, err = http.ReadResponse(r, nil); err != nil || answer.StatusCode != 502 {
			t.Fatalf("%v, %v", answer, err)
		}
		body, _ := io.ReadAll(answer.Body)
		if !strings.Contains(string(body), "closed the connection without an answer") || answer.Header.Get("Cache-Control") != "no-store" ||
			answer.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%v: %q", answer.Header, body)
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("asked %d times, want 2", n)
		}
		if path != "/ok" {
			failed++
		}
		if s := f.Stats(); s.Failed != failed+1 || s.Requests[5] < s.Failed-1 { // the last is counted in a moment
			t.Errorf("after %s: %+v", path, s)
		}
	}
	f.Drain()
	for _, request := range []string{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"} {
		if got := say(t, front, request); !strings.HasPrefix(got, "HTTP/1.1 502 ") || !strings.Contains(got, "\r\nConnection: close\r\n") ||
			strings.HasSuffix(got, "\r\n\r\n") != strings.HasPrefix(request, "HEAD") {
			t.Errorf("draining: %q became %q", request, got)
		}
	}
}

// A program that does not listen yet is waited for; one that does no longer is not.
func TestProgramThatStarts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	f, front := behind(t, &net.UnixAddr{Name: path, Net: "unix"}, func(c *Config) { c.WaitTarget = time.Minute })
	got := make(chan string)
	go func() { got <- say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") }()
	eventually(t, "in flight", func() bool { return f.Stats().InFlight == 1 })
	time.Sleep(3 * retryTime)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "started") })}
	go s.Serve(l)
	if s := receive(t, got); !strings.HasSuffix(s, "started") {
		t.Errorf("%q", s)
	}
	s.Close()
	before := time.Now()
	if got := say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 502 ") ||
		!strings.Contains(got, "the program cannot be reached: dial unix ") {
		t.Errorf("%q", got)
	}
	if d := time.Since(before); d > 10*time.Second {
		t.Errorf("502 after %v", d)
	}
	if n := f.Stats().Failed; n != 1 {
		t.Errorf("%d failed, want 1", n)
	}
}

// A unix socket whose queue is full refuses where TCP waits. The front waits then.
func TestFullQueue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	l, err := net.FileListener(os.NewFile(uintptr(fd), path))
	if err != nil {
		t.Fatal(err)
	}
	f, front := behind(t, l.Addr())
	got := make(chan string)
	for range 5 {
		go func() { got <- say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") }()
	}
	eventually(t, "five in flight", func() bool { return f.Stats().InFlight == 5 })
	time.Sleep(3 * retryTime)
	s := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "done") })}
	go s.Serve(l)
	defer s.Close()
	for range 5 {
		if s := receive(t, got); !strings.HasSuffix(s, "\r\n\r\ndone") {
			t.Errorf("%q", s)
		}
	}
}

// The waiting for a program ends, and with the client that wants it.
func TestProgramThatNeverStarts(t *testing.T) {
	to := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "s"), Net: "unix"}
	_, front := behind(t, to, func(c *Config) { c.WaitTarget = 100 * time.Millisecond })
	if got := say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 502 ") {
		t.Errorf("%q", got)
	}
	_, front = behind(t, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, func(c *Config) { c.WaitTarget = 100 * time.Millisecond })
	began := time.Now()
	say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	if d := time.Since(began); d < 80*time.Millisecond { // Serve was a moment before
		t.Errorf("waited %v for a program that refuses", d)
	}
	f, front := behind(t, to, func(c *Config) { c.WaitTarget = time.Hour })
	c := dial(t, front)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	eventually(t, "in flight", func() bool { return f.Stats().InFlight == 1 })
	c.SetLinger(0)
	c.Close()
	eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
	io.WriteString(dial(t, front), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
	eventually(t, "in flight", func() bool { return f.Stats().InFlight == 1 })
	before := f.Stats()
	f.Close()
	f.Cut()
	eventually(t, "the cut one is over", func() bool { return f.Stats().Requests != before.Requests })
}

// A connection to the program is used again within keepTime and closed after it. One
// that the program has closed meanwhile costs no request.
func TestKeptConnections(t *testing.T) {
	var connections atomic.Int32
	ended, unasked := make(chan struct{}, 100), make(chan struct{}, 1)
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		connections.Add(1)
		defer func() {
			c.Close()
			ended <- struct{}{}
		}()
		for {
			head, err := readHead(r)
			if err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			if strings.Contains(head, "/last") {
				return
			}
			if strings.Contains(head, "/unasked") {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")
				unasked <- struct{}{}
			}
		}
	})
	_, front := behind(t, to)
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}, Timeout: patience}
	defer client.CloseIdleConnections()
	post := func(path string) {
		t.Helper()
		answer, err := client.Post("http://"+front+path, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != 200 || len(body) > 0 {
			t.Errorf("%s: %s %q", path, answer.Status, body)
		}
	}
	for range 3 {
		post("/")
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for three requests, want 1", n)
	}
	post("/last")
	receive(t, ended)
	post("/unasked")
	receive(t, unasked)
	post("/")
	post("/") // so that the time is counted anew
	if n := connections.Load(); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
	receive(t, ended)
	before := time.Now()
	receive(t, ended)
	if d := time.Since(before); d < keepTime/2 || d > 10*keepTime {
		t.Errorf("the last was closed %v after it was used, want %v", d, keepTime)
	}
	post("/")
	client.CloseIdleConnections()
	receive(t, ended) // with the client's
}

// That the client has gone arrives at the program: as the end of what it sends, or
// as a reset.
func TestClientThatGoes(t *testing.T) {
	begun, gone := make(chan bool, 1), make(chan error, 1)
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		begun <- true
		if err == nil {
			<-r.Context().Done()
			err = r.Context().Err()
		}
		gone <- err
	})
	f, front := behind(t, to)
	defer func() {
		eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
		if s := f.Stats(); s.Failed != 0 || s.Requests[5] != 0 {
			t.Errorf("the program is blamed: %+v", s)
		}
	}()
	for _, request := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\nabc",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
	} {
		for _, reset := range []bool{false, true} {
			c := dial(t, front)
			io.WriteString(c, request)
			time.Sleep(20 * time.Millisecond)
			if reset {
				c.SetLinger(0)
			}
			c.Close()
			receive(t, begun)
			select {
			case err := <-gone:
				if err == nil {
					t.Errorf("%q: the program took the request as whole", request)
				}
			case <-time.After(patience):
				t.Fatalf("%q, reset %v: the program was not told", request, reset)
			}
		}
	}
}

// A client that says that it sends no more gets its answer, if the program gives it.
// If not, it has gone for all that is known, and the program is not blamed.
func TestHalfClosedClient(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		head, _ := readHead(r)
		n, _ := io.Copy(io.Discard, r) // up to the client's end
		switch {
		case strings.HasPrefix(head, "GET /all "):
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", n)
		case strings.HasPrefix(head, "GET /half "):
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
		}
	})
	f, front := behind(t, to)
	for path, want := range map[string]string{"/all": "\r\n\r\n0", "/half": "\r\n\r\nhalf", "/nothing": ""} {
		c := dial(t, front)
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
		c.CloseWrite()
		if got, err := io.ReadAll(c); !strings.HasSuffix(string(got), want) || want == "" && len(got) > 0 {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	eventually(t, "all counted", func() bool { s := f.Stats(); return s.Requests[0]+s.Requests[2] == 3 })
	if s := f.Stats(); s.Failed != 0 || s.Requests[0] != 1 {
		t.Errorf("%+v", s)
	}
}

// The end of what the client sends is passed on after the request, however long that
// takes: while the program starts, and while it does not read.
func TestEndAfterTheRequest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	f, front := behind(t, &net.UnixAddr{Name: path, Net: "unix"}, func(c *Config) { c.WaitTarget = time.Minute })
	c := dial(t, front)
	io.WriteString(c, "GET /whole HTTP/1.1\r\nHost: a\r\n\r\n")
	c.CloseWrite()
	eventually(t, "the end of what the client sends", func() bool {
		for _, c := range f.all() {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.done
		}
		return false
	})
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })}
	go s.Serve(l)
	defer s.Close()
	if got, err := io.ReadAll(c); !strings.HasSuffix(string(got), "\r\n\r\n/whole") {
		t.Errorf("%q, %v", got, err)
	}

	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		client, server := net.Pipe()
		end := make(chan bool, 1)
		c := newConn(server, New(Config{}), nil)
		go io.WriteString(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
		c.readPlain()
		if c.step() != upload || !c.run() {
			t.Fatal("the body is not to come")
		}
		c.x.up = &upstream{endpoint: newEndpoint(halfCloser{near, end})}
		c.hangUp(false)
		go c.x.write(none)
		readHead(bufio.NewReader(far))
		synctest.Wait()
		go io.WriteString(client, "body")
		if synctest.Wait(); len(end) > 0 {
			t.Error("the end came before the body")
		}
		expect(t, far, "body")
		<-end
	})
}

// A halfCloser notes that it was told to send no more.
type halfCloser struct {
	net.Conn
	end chan bool
}

func (h halfCloser) CloseWrite() error {
	h.end <- true
	return nil
}

// The program may answer before it has the body, and while it reads it.
func TestBothDirectionsAtOnce(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.WriteHeader(200)
		http.NewResponseController(w).Flush()
		buf := make([]byte, 100)
		for {
			n, err := r.Body.Read(buf)
			w.Write(buf[:n])
			http.NewResponseController(w).Flush()
			if err != nil {
				return
			}
		}
	})
	_, front := behind(t, to)
	in, out := io.Pipe()
	request, _ := http.NewRequestWithContext(context.Background(), "POST", "http://"+front, in)
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	defer answer.Body.Close()
	for i := range 20 {
		said := fmt.Sprintf("said %d;", i)
		io.WriteString(out, said)
		got := make([]byte, len(said))
		if _, err := io.ReadFull(answer.Body, got); err != nil || string(got) != said {
			t.Fatalf("%q, %v; want %q", got, err, said)
		}
	}
	out.Close()
	if rest, err := io.ReadAll(answer.Body); len(rest) > 0 || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}

// An answer that comes instead of reading the body is passed on, and the body is
// not waited for.
func TestAnswerBeforeTheBody(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
		c.(*net.TCPConn).CloseWrite()
		time.Sleep(50 * time.Millisecond)
	})
	_, front := behind(t, to)
	for _, length := range []int{100, 100_000, 100_000_000} {
		c := dial(t, front)
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\nsome", length)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("of %d bytes: %v", length, err)
		}
		if body, _ := io.ReadAll(answer.Body); answer.StatusCode != 413 || string(body) != "big" {
			t.Errorf("of %d bytes: %s %q", length, answer.Status, body)
		}
		c.Close()
	}
}

// An answer that comes before the end of the request ends the connection, and says
// so. What the client sends after it is never taken for another request.
func TestRestOfTheBodyAfterTheAnswer(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		for {
			head, err := readHead(r)
			if err != nil {
				return
			}
			path := strings.Fields(head)[1]
			if path != "/first" {
				t.Errorf("asked for %s", path)
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(path), path)
			io.Copy(io.Discard, r)
		}
	})
	f, front := behind(t, to)
	for _, framing := range []string{"Content-Length: 8\r\n\r\nsome", "Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n"} {
		for _, wait := range []bool{false, true} {
			c := dial(t, front)
			r := bufio.NewReader(c)
			io.WriteString(c, "POST /first HTTP/1.1\r\nHost: a\r\n"+framing)
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(answer.Body); string(body) != "/first" || !answer.Close {
				t.Errorf("%q, %v, close %v", body, err, answer.Close)
			}
			if wait {
				if _, err := r.ReadByte(); err != io.EOF {
					t.Errorf("after the answer: %v, want its end", err)
				}
			}
			rest := "more"
			if strings.HasPrefix(framing, "T") {
				rest = "4\r\nmore\r\n0\r\n\r\n"
			}
			io.WriteString(c, rest+"GET /second HTTP/1.1\r\nHost: a\r\n\r\n")
			if more, _ := io.ReadAll(r); len(more) > 0 {
				t.Errorf("after the answer: %q", more)
			}
			c.Close()
		}
	}
	eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
}

// A body that is here whole is no reason to close, whether or not the program wants
// it: the connection goes on after an answer of the program's, or of the front's.
func TestBodyNobodyReads(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			panic(http.ErrAbortHandler)
		}
	})
	_, front := behind(t, to)
	_, dead := behind(t, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1})
	if got := say(t, dead, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"); !strings.Contains(got, "\r\nConnection: close\r\n") {
		t.Errorf("without its body: %q", got)
	}
	for _, tt := range []struct {
		address, path string
		want          int
	}{{front, "/", 200}, {front, "/no", 502}, {dead, "/", 502}} {
		c := dial(t, tt.address)
		r := bufio.NewReader(c)
		for _, body := range []string{"Content-Length: 4\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
			"Content-Length: 4000\r\n\r\n" + strings.Repeat("a", 4000), "Content-Length: 30000\r\n\r\n" + strings.Repeat("a", 30000)} {
			io.WriteString(c, "POST "+tt.path+" HTTP/1.1\r\nHost: a\r\n"+body)
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatalf("%s: %v", tt.path, err)
			}
			io.Copy(io.Discard, answer.Body)
			if answer.StatusCode != tt.want {
				t.Errorf("%s: %s, want %d", tt.path, answer.Status, tt.want)
			}
			if answer.Close {
				if len(body) < 5000 {
					t.Errorf("%s: closed after a body of %d bytes", tt.path, len(body))
				}
				c = dial(t, tt.address)
				r = bufio.NewReader(c)
			}
		}
	}
}

// A body that the program did not want is not sent, though it is there, and no other
// request is written where it was expected.
func TestUnwantedBody(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		if head, _ := readHead(r); strings.HasPrefix(head, "POST ") {
			io.WriteString(c, "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
			if b, err := r.ReadByte(); err == nil {
				t.Errorf("sent after it: %q", b)
			}
			return
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	_, front := behind(t, to)
	c := dial(t, front)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody"+
		"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	got, err := io.ReadAll(c)
	if !strings.Contains(string(got), "HTTP/1.1 417 ") || !strings.Contains(string(got), "HTTP/1.1 200 OK\r\n") {
		t.Errorf("%q, %v", got, err)
	}
}

// Expect: 100-continue is answered by the program: with 100, without the body, or
// not at all.
func TestExpectContinue(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		head, _ := readHead(r)
		if !strings.Contains(head, "Expect: 100-continue\r\n") {
			t.Errorf("no Expect in %q", head)
		}
		if strings.HasPrefix(head, "POST /no ") {
			io.WriteString(c, "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
			if b, err := r.ReadByte(); err == nil {
				t.Errorf("the body was sent: %c", b)
			}
			return
		}
		if strings.HasPrefix(head, "POST /yes ") {
			c.SetReadDeadline(time.Now().Add(continueTime / 4))
			if _, err := r.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the body came unasked: %v", err)
			}
			c.SetReadDeadline(time.Time{})
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}
		body := make([]byte, 4)
		io.ReadFull(r, body)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n%s", body)
	})
	_, front := behind(t, to)
	for _, tt := range []struct{ path, want string }{
		{"/yes", "HTTP/1.1 100 Continue\r\n\r\n"}, {"/no", "HTTP/1.1 417 "}, {"/silent", "HTTP/1.1 100 Continue\r\n\r\n"},
	} {
		c := dial(t, front)
		r := bufio.NewReader(c)
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", tt.path)
		head, err := readHead(r)
		if !strings.HasPrefix(head, tt.want) {
			t.Errorf("%s: %q, %v", tt.path, head, err)
		}
		if tt.path == "/no" {
			continue
		}
		io.WriteString(c, "body")
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("%s: %v", tt.path, err)
		}
		if body, _ := io.ReadAll(answer.Body); string(body) != "body" || answer.StatusCode != 200 {
			t.Errorf("%s: %s %q", tt.path, answer.Status, body)
		}
	}
}

// What the program has written the client has, whether or not more comes.
func TestNothingIsHeldBack(t *testing.T) {
	next := make(chan string)
	for _, head := range []string{
		"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n",
	} {
		chunked := strings.Contains(head, "chunked")
		to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
			readHead(r)
			io.WriteString(c, head)
			for s := range next {
				if s == "end" {
					return
				}
				if chunked {
					s = fmt.Sprintf("%x\r\n%s\r\n", len(s), s)
				}
				io.WriteString(c, s)
			}
		})
		_, front := behind(t, to)
		c := dial(t, front)
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(c), nil) // before anything of the body
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			event := fmt.Sprintf("data: %d\n\n", i)
			next <- event
			got := make([]byte, len(event))
			if _, err := io.ReadFull(answer.Body, got); err != nil || string(got) != event {
				t.Fatalf("%q: %q, %v", head, got, err)
			}
		}
		next <- "end"
		c.Close()
	}
}

// While the program says 1xx after 1xx the front asks for the body itself. They do
// not get in each other's way.
func TestHintsWhileTheBodyIsAskedFor(t *testing.T) {
	const hint = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		body := make(chan string)
		go func() {
			b := make([]byte, 4)
			io.ReadFull(r, b)
			body <- string(b)
		}()
		for {
			io.WriteString(c, hint)
			select {
			case b := <-body:
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n%s", b)
				return
			case <-time.After(100 * time.Microsecond):
			}
		}
	})
	_, front := behind(t, to, func(c *Config) { c.AppendForwarded = false })
	c := dial(t, front)
	r := bufio.NewReader(c)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
	for asked := 0; ; {
		head, err := readHead(r)
		switch {
		case head == hint:
		case head == "HTTP/1.1 100 Continue\r\n\r\n":
			asked++
			io.WriteString(c, "body")
		case strings.HasPrefix(head, "HTTP/1.1 200 OK\r\n"):
			if asked != 1 {
				t.Errorf("asked for the body %d times", asked)
			}
			expect(t, r, "body")
			return
		default:
			t.Fatalf("%q, %v", head, err)
		}
	}
}

// A body that could not be passed on, since no program was there, leaves nothing for the
// next request on the connection.
func TestExpectContinueAfterUnreachable(t *testing.T) {
	l := listen(t)
	l.Close()
	_, front := behind(t, l.Addr())
	c := dial(t, front)
	r := bufio.NewReader(c)
	io.WriteString(c, "POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nfirst")
	answer, err := http.ReadResponse(r, nil)
	if err != nil || answer.StatusCode != 502 {
		t.Fatal(answer, err)
	}
	io.Copy(io.Discard, answer.Body)
	l, err = net.Listen("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		readHead(r)
		body := make([]byte, 6)
		n, _ := io.ReadFull(r, body)
		got <- string(body[:n])
		io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	}()
	io.WriteString(c, "POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n")
	if line, err := r.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatal(line, err)
	}
	io.WriteString(c, "second")
	if body := receive(t, got); body != "second" {
		t.Errorf("the program got the body %q", body)
	}
}
