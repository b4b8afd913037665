package front

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// What the program gets is what the client sent, hop-by-hop fields apart.
func TestRequestAsItCame(t *testing.T) {
	got := make(chan string, 1)
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		head, _ := readHead(r)
		got <- head
		io.WriteString(c, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
	})
	_, front := behind(t, to)
	for _, tt := range []struct{ sent, want string }{
		{"GET /a//b/../c;d=1/%2F%2f/{x}|y?q=;%zz&&=+%20#f HTTP/1.1\r\nHost: a.example:81\r\n\r\n",
			"GET /a//b/../c;d=1/%2F%2f/{x}|y?q=;%zz&&=+%20#f HTTP/1.1\r\nHost: a.example:81\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET //x{}\xff HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET //x{}\xff HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET http://a/b HTTP/1.1\r\nHost: A\r\n\r\n", "GET http://a/b HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"BREW / HTTP/1.1\r\nHost: a\r\nx-UPPER: \t a \xe4 b  \r\nX-Upper: second\r\nCookie: a=b; c\r\n\r\n",
			"BREW / HTTP/1.1\r\nHost: a\r\nx-UPPER: \t a \xe4 b  \r\nX-Upper: second\r\nCookie: a=b; c\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop, X-Forwarded-For\r\nX-Hop: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\n" +
			"X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nForwarded: for=c\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2, 127.0.0.1\r\n" +
				"X-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nForwarded: for=c\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
			"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nUser-Agent:\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nUser-Agent:\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-B, X-A, X-C\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-B, X-A, X-C\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\nCache-Control: no-store\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\nCache-Control: no-store\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nConnection: User-Agent\r\nUser-Agent: b\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"POST / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nhost:a\r\nSec-WebSocket-Key: b\r\nx-forwarded-for: 10.0.0.1\r\nA:\tb\r\n\r\n",
			"GET / HTTP/1.1\r\nhost:a\r\nSec-WebSocket-Key: b\r\nx-forwarded-for: 10.0.0.1, 127.0.0.1\r\nA:\tb\r\n\r\n"},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-length: \t000 \r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-length: 0\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-encoding:\tChunked\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-encoding: chunked\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET http://b/ HTTP/1.0\r\n\r\n", "GET http://b/ HTTP/1.0\r\nHost: b\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nConnection: host, forwarded, x-Forwarded-Proto, cookie\r\nHost: a\r\nForwarded: b\r\nX-Forwarded-Proto: c\r\nCookie: d\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nForwarded: b\r\nX-Forwarded-Proto: c\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\nProxy-Connection: close\r\nTrailer: b\r\nUpgrade: websocket\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: a, b\r\nUpgrade: c\r\nconnection: keep-alive, UPGRADE\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: a, b\r\nConnection: Upgrade\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.0\r\nHost: a\r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\n",
			"GET / HTTP/1.0\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"},
	} {
		say(t, front, tt.sent)
		if head := receive(t, got); head != tt.want {
			t.Errorf("%q became\n%q, want\n%q", tt.sent, head, tt.want)
		}
	}
}

// What the client gets is what the program sent: nothing is added, no field and no
// length.
func TestAnswerAsItCame(t *testing.T) {
	answers := make(chan string, 1)
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, <-answers)
	})
	_, front := behind(t, to)
	for _, tt := range []struct{ request, answer, want string }{
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\ncontent-type: a/b\r\nset-cookie: a\r\nset-cookie: b\r\nContent-Length: 2\r\nX-Y: \xe4\r\n\r\nhi",
			"HTTP/1.1 200 OK\r\ncontent-type: a/b\r\nset-cookie: a\r\nset-cookie: b\r\nContent-Length: 2\r\nX-Y: \xe4\r\n\r\nhi"},
		{"GET / HTTP/1.1", "HTTP/1.1 302 Elsewhere\r\nLocation: /x y\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 302 Elsewhere\r\nLocation: /x y\r\nContent-Length: 0\r\n\r\n"},
		{"HEAD / HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 1234567\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1234567\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 304 Not Modified\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\n",
			"HTTP/1.1 304 Not Modified\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 426 \r\nUpgrade: websocket\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 426 \r\nUpgrade: websocket\r\nConnection: close, Upgrade\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length\t : 2\r\nB:c\r\n\r\nhi",
			"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\nB:c\r\n\r\nhi"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\ncontent-length: 2\r\n\r\nhi",
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n\r\nhi"},
		{"GET / HTTP/1.1", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\nA: b\r\n\r\n", "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi"},
		{"HEAD / HTTP/1.1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{"GET / HTTP/1.0", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nX-A: 1\r\n\r\n",
			"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nhi"},
		{"GET / HTTP/1.0\r\nConnection: keep-alive", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
			"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0001;a=b\r\nh\r\n1\r\ni\r\n00\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
			"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"},
		{"GET / HTTP/1.1", "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.0 200 OK\r\n\r\nto the end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\na\r\nto the end\r\n0\r\n\r\n"},
		{"GET / HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nto the end", "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nto the end"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nPragma: no-cache\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nPragma: no-cache\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nPragma: no-cache\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nPragma: no-cache\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"},
		{"GET / HTTP/1.0", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n\r\n"},
		{"GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n\r\n"},
	} {
		answers <- tt.answer
		c := dial(t, front)
		fmt.Fprintf(c, "%s\r\nHost: a\r\n\r\n", tt.request)
		c.CloseWrite()
		got, err := io.ReadAll(c)
		if string(got) != tt.want || err != nil {
			t.Errorf("%q to %s became\n%q, want\n%q (%v)", tt.answer, tt.request, got, tt.want, err)
		}
	}
}

// Trailers of requests arrive, announced or not.
func TestRequestTrailers(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %v", body, r.Trailer)
	})
	_, front := behind(t, to)
	const body = "3\r\nabc\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n"
	for _, announced := range []string{"", "Trailer: X-A\r\n", "Trailer: X-A, X-B\r\n"} {
		got := say(t, front, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"+announced+"Transfer-Encoding: chunked\r\n\r\n"+body)
		if !strings.HasSuffix(got, "abc map[X-A:[1] X-B:[2]]") {
			t.Errorf("with %q: %q", announced, got)
		}
	}
}

// With forwarding off the field stays as it came, and unix sockets do on both sides.
func TestForwardedOffAndUnixSockets(t *testing.T) {
	got := make(chan http.Header, 1)
	path := filepath.Join(t.TempDir(), "program")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header })}
	go s.Serve(l)
	defer s.Close()
	for _, appended := range []bool{false, true} {
		front, err := net.Listen("unix", filepath.Join(t.TempDir(), "front"))
		if err != nil {
			t.Fatal(err)
		}
		f := New(Config{Routes: []Route{{front, Target{"unix", path}}}, AppendForwarded: appended})
		f.Serve()
		for range 2 {
			c, err := net.Dial("unix", front.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: b\r\nConnection: close\r\n\r\n")
			if h := receive(t, got); h.Get("X-Forwarded-For") != "b" || len(h["X-Forwarded-For"]) != 1 {
				t.Errorf("appended %v: %v", appended, h)
			}
			c.Close()
		}
		f.Close()
		f.Cut()
	}
	_, tcp := behind(t, l.Addr(), func(c *Config) { c.AppendForwarded = false })
	say(t, tcp, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	if h := receive(t, got); len(h["X-Forwarded-For"]) > 0 {
		t.Errorf("off: %v", h)
	}
}

// Clients of HTTP/1.0 that ask for it keep their connection, if the program does.
func TestHTTP10KeepAlive(t *testing.T) {
	f, front := behind(t, program(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	c := dial(t, front)
	r := bufio.NewReader(c)
	for range 3 {
		io.WriteString(c, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(answer.Body); string(body) != "HTTP/1.0" || answer.Close || answer.Proto != "HTTP/1.1" && answer.Proto != "HTTP/1.0" {
			t.Errorf("%q, %+v", body, answer)
		}
	}
	if n := f.Stats().Accepted; n != 1 {
		t.Errorf("%d connections", n)
	}
}

// Heads just below the limits pass.
func TestLargeHeads(t *testing.T) {
	const request, answer = 63 << 10, 250 << 10
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("b", answer))
		fmt.Fprint(w, len(r.Header.Get("X-Large")))
	})
	_, front := behind(t, to)
	got := say(t, front, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Large: "+strings.Repeat("a", request)+"\r\n\r\n")
	if !strings.HasSuffix(got, fmt.Sprint("\r\n\r\n", request)) || len(got) < answer {
		t.Errorf("%d bytes, the end is %q", len(got), got[max(0, len(got)-100):])
	}
}

// An empty line after the body of a POST, which old clients send, is no request.
func TestEmptyLineIsNotInFlight(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	f, front := behind(t, to)
	for _, end := range []string{"\r\n", "\r"} {
		c := dial(t, front)
		r := bufio.NewReader(c)
		for range 2 {
			io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"+end)
			if _, err := http.ReadResponse(r, nil); err != nil {
				t.Fatal(err)
			}
			eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
			if end == "\r" {
				io.WriteString(c, "\n")
			}
		}
	}
}
