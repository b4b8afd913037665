package front

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Ambiguous requests are answered 400 or 431 by the front, say why, and reach no
// program; the connection ends.
func TestRefusedRequestsReachNobody(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		head, _ := readHead(r)
		t.Errorf("the program got %q", head)
	})
	f, front := behind(t, to)
	for _, tt := range requestsRefused {
		got := say(t, front, strings.ReplaceAll(withHost(tt.request), "\r\nH\n", "\r\nHost: a\n"))
		code := "400 Bad Request"
		if strings.HasPrefix(tt.name, "a long") || strings.HasPrefix(tt.name, "many fields") {
			code = "431 Request Header Fields Too Large"
		}
		if !strings.HasPrefix(got, "HTTP/1.1 "+code+"\r\n") || !strings.Contains(got, "drainit's front refused the request: ") {
			t.Errorf("%s: %.300q", tt.name, got)
		}
	}
	if s := f.Stats(); s.Refused != uint64(len(requestsRefused)) {
		t.Errorf("%d refused, want %d", s.Refused, len(requestsRefused))
	}
}

// What net/http's parsers do not take is refused by it, and counted.
func TestRefusedByTheLibrary(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) { t.Error("the program was asked") })
	f, front := behind(t, to)
	for i, tt := range []struct{ request, want string }{
		{"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
		{"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400"},
		{"POST / HTTP/1.1\r\nHost: a b\r\nContent-Length: 4\r\n\r\nbo", "400"},
		{"GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", "417"},
	} {
		if got := say(t, front, tt.request); !strings.HasPrefix(got, "HTTP/1.1 "+tt.want+" ") {
			t.Errorf("%q: %.200q", tt.request, got)
		}
		eventually(t, "counted", func() bool { s := f.Stats(); return s.Refused == uint64(i+1) && s.InFlight == 0 })
	}
	if s := f.Stats(); s.Requests != [6]uint64{} {
		t.Errorf("%+v", s)
	}
}

// A field that Connection names does not go through. Content-Length does, or the body
// would be another request, which nobody has looked at.
func TestConnectionNamesContentLength(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %d %q %v", r.URL.Path, r.ContentLength, body, err)
	})
	_, front := behind(t, to)
	const inner = "GET /inner HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, names := range []string{"content-length", "close, Content-Length", "Upgrade, Content-Length\r\nUpgrade: x"} {
		c := dial(t, front)
		fmt.Fprintf(c, "POST /outer HTTP/1.1\r\nHost: a\r\nConnection: %s\r\nContent-Length: %d\r\n\r\n%s", names, len(inner), inner)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: %v", names, err)
		}
		got, _ := io.ReadAll(answer.Body)
		if want := fmt.Sprintf("/outer %d %q <nil>", len(inner), inner); string(got) != want {
			t.Errorf("%s: %s, want %s", names, got, want)
		}
		c.Close()
	}
}

// A refusal is counted and, for who wants to know, logged: of a head and of a body
// whose head the program has. What the client has sent beyond it does not reset the
// connection, which would take the answer along.
func TestRefusalIsTold(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	var log lines
	f, front := behind(t, to, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for i, pieces := range [][]string{
		{"GET / HTTP/1.1\n" + strings.Repeat("a", 200_000)},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "x\r\n"},
	} {
		c := dial(t, front)
		for j, piece := range pieces {
			io.WriteString(c, piece)
			eventually(t, "the head is there", func() bool { return j == 1 || f.Stats().InFlight == 1 || f.Stats().Refused == 1 })
		}
		got, err := io.ReadAll(c)
		if !strings.HasPrefix(string(got), "HTTP/1.1 400 ") || err != nil {
			t.Errorf("%.20q: %.300q, %v", pieces, got, err)
		}
		eventually(t, "it is counted", func() bool { return f.Stats().InFlight == 0 })
		if n := f.Stats().Refused; n != uint64(i+1) || strings.Count(log.String(), `msg="request refused" reason=`) != i+1 {
			t.Errorf("%.20q: %d refused; log:\n%s", pieces, n, log.String())
		}
	}
}

// Of a malformed body the program gets no end, and the client 400.
func TestRefusedBodiesHaveNoEnd(t *testing.T) {
	begun, ends := make(chan bool, 1), make(chan error, 1)
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		begun <- true
		_, err := io.Copy(io.Discard, r.Body)
		ends <- err
	})
	f, front := behind(t, to)
	defer func() {
		if s := f.Stats(); s.Refused != uint64(2*len(bodiesRefused)) || s.Requests != [6]uint64{} {
			t.Errorf("%+v, want %d refused and none in a class", s, 2*len(bodiesRefused))
		}
	}()
	for _, tt := range bodiesRefused {
		for _, cut := range []int{0, 1} { // in one piece, and the body on its own
			c := dial(t, front)
			head := "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
			if cut == 1 {
				io.WriteString(c, head)
				receive(t, begun)
				head = ""
			}
			io.WriteString(c, head+tt.body)
			got, _ := io.ReadAll(c)
			if !strings.HasPrefix(string(got), "HTTP/1.1 400 ") || !strings.Contains(string(got), "drainit's front refused") {
				t.Errorf("%s: %.300q", tt.name, got)
			}
			if cut == 0 {
				continue // the program never got the head
			}
			if err := receive(t, ends); err == nil {
				t.Errorf("%s: the program got a whole body", tt.name)
			}
		}
	}
}

// A second request on the connection that is refused does not harm the first, which
// may still be under way.
func TestRefusedSecondRequest(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond)
		fmt.Fprint(w, "first answer")
	})
	_, front := behind(t, to)
	for _, second := range []string{"GET / HTTP/1.1\nHost: a\r\n\r\n", "\x00", " \r\n"} {
		got := say(t, front, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"+second)
		if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.Contains(got, "first answerHTTP/1.1 400 Bad Request") {
			t.Errorf("with %q: %q", second, got)
		}
	}
}

// Requests that come all at once are answered in their order, and the program sees
// nothing of the next before it has answered the last.
func TestPipelining(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		for {
			request, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			body, _ := io.ReadAll(request.Body)
			if r.Buffered() > 0 {
				t.Errorf("%d bytes of the next request are there", r.Buffered())
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s",
				len(request.URL.Path)+len(body), request.URL.Path, body)
		}
	})
	_, front := behind(t, to)
	var requests, want strings.Builder
	const count = 1000 // more than any buffer holds
	for i := range count {
		switch i % 3 {
		case 0:
			fmt.Fprintf(&requests, "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", i)
			fmt.Fprintf(&want, "/%d", i)
		case 1:
			fmt.Fprintf(&requests, "POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", i)
			fmt.Fprintf(&want, "/%dab", i)
		case 2:
			fmt.Fprintf(&requests, "POST /%d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n", i)
			fmt.Fprintf(&want, "/%dc", i)
		}
	}
	for _, piece := range []int{1 << 20, 5000, 7} {
		c := dial(t, front)
		go func() {
			for p := requests.String(); len(p) > 0; p = p[min(piece, len(p)):] {
				io.WriteString(c, p[:min(piece, len(p))])
			}
		}()
		r := bufio.NewReader(c)
		var got strings.Builder
		for range count {
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(&got, answer.Body)
		}
		if got.String() != want.String() {
			t.Errorf("by %d: %q, want %q", piece, got.String(), want.String())
		}
	}
}

// Nothing of a malformed body is another request: a chunk that holds one, before the
// line that is refused, is not read again.
func TestRefusedBodyIsNoRequest(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		head, _ := readHead(r)
		if io.Copy(io.Discard, r); !strings.HasPrefix(head, "POST /outer ") {
			t.Errorf("the program got %q", head)
		}
	})
	_, front := behind(t, to)
	const inner = "0\r\n\r\nGET /inner HTTP/1.1\r\nHost: a\r\n\r\n"
	c := dial(t, front)
	io.WriteString(c, "POST /outer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
	time.Sleep(continueTime + 100*time.Millisecond) // the front has asked for the body
	fmt.Fprintf(c, "%x\r\n%s\r\n1 \r\n", len(inner), inner)
	got, _ := io.ReadAll(c)
	if !strings.Contains(string(got), "HTTP/1.1 400 ") || strings.Count(string(got), "HTTP/1.1 ") != 2 ||
		!strings.Contains(string(got), "Connection: close\r\n") {
		t.Errorf("%q", got)
	}
}
