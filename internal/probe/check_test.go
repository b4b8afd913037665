package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestParseCheck(t *testing.T) {
	for _, tt := range []struct {
		url  string
		want string // what the check is called, or
		err  string // part of the error
	}{
		{"http://127.0.0.1:8080/healthz", "http://127.0.0.1:8080/healthz", ""},
		{"http://localhost", "http://localhost", ""},
		{"http://localhost:/", "http://localhost:/", ""},
		{"HTTP://localhost/", "http://localhost/", ""},
		{"https://[::1]:8443/ready?token=secret", "https://[::1]:8443/ready", ""},
		{"tcp://127.0.0.1:5432", "tcp://127.0.0.1:5432", ""},
		{"tcp://127.0.0.1:5432/", "tcp://127.0.0.1:5432/", ""},
		{"", "", "missing scheme, address and port; write http://127.0.0.1:PORT"},
		{"/healthz", "", "missing scheme, address and port; write http://127.0.0.1:PORT/healthz"},
		{"8080/healthz", "", "did you mean http://127.0.0.1:8080/healthz?"},
		{":8080", "", "did you mean http://127.0.0.1:8080?"},
		{"localhost:8080/healthz", "", "did you mean http://localhost:8080/healthz?"},
		{"user:hunter2@localhost:8080", "", "did you mean http://localhost:8080?"},
		{"ftp://localhost/", "", `scheme "ftp": only http, https, tcp and grpc are accepted`},
		{"unix:///run/app.sock", "", `scheme "unix": only http, https, tcp and grpc`},
		{"http://user:hunter2@localhost/", "", "user name or password"},
		{"http://user@localhost/", "", "user name or password"},
		{"http:///healthz", "", "missing host; write http://127.0.0.1/healthz"},
		{"http://:8080/healthz", "", "missing host; write http://127.0.0.1:8080/healthz"},
		{"http://bücher.example/", "", "write it in ASCII (xn--"},
		{"http://localhost:0/", "", `port "0": a port is 1 to 65535`},
		{"http://localhost:65536/", "", `port "65536": a port is 1 to 65535`},
		{"http://localhost:http/", "", "not a URL: what follows the host's colon is no port"},
		{"http://local host/", "", "not a URL: a character in the host"},
		{"http://user:hunter2/@localhost/", "", "not a URL: what follows the host's colon is no port"},
		{"http://user:%hunter2@localhost/", "", "not a URL: no two hexadecimal digits after a %"},
		{"http://user:hunter2\n@localhost/", "", "not a URL; write one such as"},
		{"tcp://localhost", "", "missing port; write tcp://localhost:PORT"},
		{"tcp://localhost:1/x", "", "a tcp check has no path; write tcp://localhost:1"},
		{"tcp://localhost:1?x", "", "a tcp check has no path"},
		{"grpc://127.0.0.1:50051", "grpc://127.0.0.1:50051", ""},
		{"grpc://[::1]:50051/a.b.Service", "grpc://[::1]:50051/a.b.Service", ""},
		{"grpc://localhost", "", "missing port; write grpc://localhost:PORT"},
		{"grpc://localhost/x", "", "missing port; write grpc://localhost:PORT/x"},
		{"grpc://localhost:1/x?y", "", "a grpc check has no query; write grpc://localhost:1/x"},
		{"grpc://localhost:1/%ff", "", "the path is no name of a service; write grpc://localhost:1/SERVICE, of 1024 bytes at most"},
		{"grpc://localhost:1/" + strings.Repeat("s", 1025), "", "the path is no name of a service"},
	} {
		c, err := ParseCheck(tt.url)
		if tt.err == "" {
			if err != nil || c.String() != tt.want {
				t.Errorf("ParseCheck(%q) = %v, %v, want %s", tt.url, c, err, tt.want)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("ParseCheck(%q) = %v, want an error with %q", tt.url, err, tt.err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("ParseCheck(%q) repeats the password: %v", tt.url, err)
		}
	}
}

// parse returns the check of a URL that is known to be good.
func parse(t *testing.T, url string) *Check {
	t.Helper()
	c, err := ParseCheck(url)
	if err != nil {
		t.Fatalf("ParseCheck(%q): %v", url, err)
	}
	return c
}

// run runs a check that will have an answer, again if this machine was too busy
// to give it in time.
func run(t *testing.T, c *Check) error {
	t.Helper()
	err := c.Run(t.Context())
	for tries := 1; tries < 10 && err != nil && strings.HasSuffix(err.Error(), "no answer within 800ms"); tries++ {
		err = c.Run(t.Context())
	}
	return err
}

// Every status that a server can send, but for 101, which is not an answer.
func TestCheckStatus(t *testing.T) {
	var code atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(int(code.Load()))
	}))
	defer srv.Close()
	c := parse(t, srv.URL)
	for n := int64(200); n <= 599; n++ {
		code.Store(n)
		err := run(t, c)
		if got, want := err == nil, n <= 399; got != want {
			t.Errorf("status %d: good is %v (%v), want %v", n, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), fmt.Sprint("status ", n)) {
			t.Errorf("status %d: error %q does not name it", n, err)
		}
	}
}

func TestCheckRequest(t *testing.T) {
	got := make(chan *http.Request, 10)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r
	}))
	defer srv.Close()
	if err := run(t, parse(t, srv.URL+"/ready?a=b")); err != nil {
		t.Fatalf("https with a certificate nobody knows: %v, want it accepted", err)
	}
	r := <-got
	if r.Method != "GET" || r.RequestURI != "/ready?a=b" || r.Proto != "HTTP/1.1" {
		t.Errorf("asked %s %s %s, want GET /ready?a=b HTTP/1.1", r.Method, r.RequestURI, r.Proto)
	}
	if ua := r.UserAgent(); ua != "drainit" {
		t.Errorf("User-Agent is %q, want drainit", ua)
	}
	if !r.Close {
		t.Error("the connection was to be kept")
	}
	if ae := r.Header.Get("Accept-Encoding"); ae != "" {
		t.Errorf("Accept-Encoding is %q, want none", ae)
	}
}

func TestCheckFollowsNoRedirect(t *testing.T) {
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer elsewhere.Close()
	srv := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer srv.Close()
	if err := run(t, parse(t, srv.URL)); err != nil {
		t.Errorf("a redirect: %v, want it good", err)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the redirect was followed %d times, want 0", n)
	}
}

// 0.0.0.0 reaches this machine and is not loopback to
// http.ProxyFromEnvironment, which would leave 127.0.0.1 alone in any case.
func TestCheckIgnoresProxyVariables(t *testing.T) {
	var proxied atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied.Add(1)
	}))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	t.Setenv("no_proxy", "")
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	err := run(t, parse(t, "http://0.0.0.0:"+port))
	if err == nil || !strings.Contains(err.Error(), "status 404") {
		t.Errorf("got %v, want the program's 404", err)
	}
	if n := proxied.Load(); n != 0 {
		t.Errorf("the proxy was asked %d times, want 0", n)
	}
}

func TestCheckTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := parse(t, "tcp://"+l.Addr().String())
	if err := run(t, c); err != nil {
		t.Errorf("something listens: %v, want good", err)
	}
	l.Close()
	err = run(t, c)
	want := c.String() + ": connect: connection refused"
	if err == nil || err.Error() != want {
		t.Errorf("nothing listens: %v, want %s", err, want)
	}
}

// stuckServer accepts connections and never answers. It counts them.
func stuckServer(t *testing.T) (addr string, accepted *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	accepted = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			go func() {
				io.Copy(io.Discard, c) // until the asker closes
				c.Close()
			}()
		}
	}()
	return l.Addr().String(), accepted
}

func TestCheckIsBounded(t *testing.T) {
	addr, _ := stuckServer(t)
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush() // 200, and then nothing
		<-r.Context().Done()
	}))
	defer endless.Close()
	for _, url := range []string{"http://" + addr, "https://" + addr, endless.URL} {
		began := time.Now()
		err := parse(t, url).Run(t.Context())
		took := time.Since(began)
		if err == nil || !strings.HasSuffix(err.Error(), "no answer within 800ms") {
			t.Errorf("%s never answers: %v", url, err)
		}
		if took < checkLimit || took > 10*checkLimit {
			t.Errorf("%s: took %s, want 800ms", url, took)
		}
	}
}

func TestCheckReadsNoMoreThanItNeeds(t *testing.T) {
	wrote := make(chan int64, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(w, zeros{})
		wrote <- n
	}))
	defer srv.Close()
	if err := run(t, parse(t, srv.URL)); err != nil {
		t.Errorf("a body without end: %v, want good after its first part", err)
	}
	if n := <-wrote; n > 64<<20 {
		t.Errorf("the server could write %d bytes, want what fits in buffers", n)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestCheckBoundsTheHeader(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*replyHeader))
	}))
	defer srv.Close()
	if err := run(t, parse(t, srv.URL)); err == nil || !strings.Contains(err.Error(), "more than 65536 bytes") {
		t.Errorf("a header of 128 KiB: %v, want an error that says so", err)
	}
}

func TestCheckLeavesWithItsAsker(t *testing.T) {
	addr, accepted := stuckServer(t)
	c := parse(t, "http://"+addr)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context canceled", err)
	}
	// The check is under way still: who asks now shares it, and its end.
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no answer within") {
		t.Errorf("the second asker got %v, want no answer", err)
	}
	if took := time.Since(began); took < checkLimit/2 {
		t.Errorf("the second asker waited %s, want the rest of 800ms", took)
	}
	if n := accepted.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func FuzzParseCheck(f *testing.F) {
	f.Add("http://127.0.0.1:8080/healthz")
	f.Add("tcp://[::1%25eth0]:1")
	f.Add("http://[fe80::1%25a%20b]/?a b")
	f.Add("https://user:pw@host:1/?a#b")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCheck(s)
		if (c == nil) != (err != nil) {
			t.Fatalf("ParseCheck(%q) = %v, %v: want one of them", s, c, err)
		}
		if err != nil {
			return
		}
		if c.url.User != nil || c.url.Hostname() == "" {
			t.Errorf("ParseCheck(%q) accepts a user or no host", s)
		}
		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(request("GET", c.url.Host, c.target(), "") + "X")))
		if err != nil {
			t.Fatalf("ParseCheck(%q) makes a request nobody can read: %v", s, err)
		}
		if len(req.Header) != 3 || !req.Close || req.ContentLength != 0 {
			t.Errorf("ParseCheck(%q) makes a request with header %v, want three of ours", s, req.Header)
		}
	})
}

// It runs in a goroutine of its own, where a panic would end PID 1.
func TestCheckSurvives(t *testing.T) {
	if err := new(Check).Run(context.Background()); err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("got %v, want the mistake", err)
	}
}
