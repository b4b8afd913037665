package front

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// requestsRefused are requests whose framing is ambiguous, or no HTTP/1. H stands
// for a Host line.
var requestsRefused = []struct{ name, request string }{
	{"TE and CL", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
	{"CL and TE", "POST / HTTP/1.1\r\nH\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
	{"two lengths", "POST / HTTP/1.1\r\nH\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
	{"the same length twice", "POST / HTTP/1.1\r\nH\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
	{"a list of lengths", "POST / HTTP/1.1\r\nH\r\nContent-Length: 3, 3\r\n\r\nabc"},
	{"a signed length", "POST / HTTP/1.1\r\nH\r\nContent-Length: +3\r\n\r\nabc"},
	{"a negative length", "POST / HTTP/1.1\r\nH\r\nContent-Length: -3\r\n\r\nabc"},
	{"a hexadecimal length", "POST / HTTP/1.1\r\nH\r\nContent-Length: 0x3\r\n\r\nabc"},
	{"an empty length", "POST / HTTP/1.1\r\nH\r\nContent-Length:\r\n\r\n"},
	{"an enormous length", "POST / HTTP/1.1\r\nH\r\nContent-Length: 9999999999999999999\r\n\r\n"},
	{"two codings", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
	{"chunked not last", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
	{"chunked not alone", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
	{"no chunked", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: identity\r\n\r\n"},
	{"chunked in quotes", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
	{"chunked after vertical tab", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
	{"chunked in 1.0", "POST / HTTP/1.0\r\nH\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
	{"bare LF after the first line", "GET / HTTP/1.1\nH\r\n\r\n"},
	{"bare LF after a field", "GET / HTTP/1.1\r\nH\nX: 1\r\n\r\n"},
	{"bare LF at the end", "GET / HTTP/1.1\r\nH\r\n\n"},
	{"bare CR in a field", "GET / HTTP/1.1\r\nH\r\nX: a\rY: b\r\n\r\n"},
	{"two CR", "GET / HTTP/1.1\r\r\nH\r\n\r\n"},
	{"obs-fold", "GET / HTTP/1.1\r\nH\r\nX: a\r\n b\r\n\r\n"},
	{"obs-fold by tab", "GET / HTTP/1.1\r\nH\r\nX: a\r\n\tb\r\n\r\n"},
	{"a folded coding", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
	{"space before the first field", "GET / HTTP/1.1\r\n X: 1\r\nH\r\n\r\n"},
	{"space before the colon", "POST / HTTP/1.1\r\nH\r\nContent-Length : 3\r\n\r\nabc"},
	{"tab before the colon", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"},
	{"no colon", "GET / HTTP/1.1\r\nH\r\nX\r\n\r\n"},
	{"no name", "GET / HTTP/1.1\r\nH\r\n: x\r\n\r\n"},
	{"a name with a control character", "GET / HTTP/1.1\r\nH\r\nX\x01: 1\r\n\r\n"},
	{"a name beyond ASCII", "GET / HTTP/1.1\r\nH\r\nX\xe4: 1\r\n\r\n"},
	{"a name in parentheses", "GET / HTTP/1.1\r\nH\r\n(X): 1\r\n\r\n"},
	{"NUL in a value", "GET / HTTP/1.1\r\nH\r\nX: a\x00b\r\n\r\n"},
	{"BEL in a value", "GET / HTTP/1.1\r\nH\r\nX: a\ab\r\n\r\n"},
	{"DEL in a value", "GET / HTTP/1.1\r\nH\r\nX: a\x7fb\r\n\r\n"},
	{"NUL in the target", "GET /\x00 HTTP/1.1\r\nH\r\n\r\n"},
	{"tab in the target", "GET /\t HTTP/1.1\r\nH\r\n\r\n"},
	{"two spaces", "GET  / HTTP/1.1\r\nH\r\n\r\n"},
	{"a space in the target", "GET /a b HTTP/1.1\r\nH\r\n\r\n"},
	{"a space after the version", "GET / HTTP/1.1 \r\nH\r\n\r\n"},
	{"no version", "GET /\r\nH\r\n\r\n"},
	{"HTTP/0.9", "GET / HTTP/0.9\r\nH\r\n\r\n"},
	{"HTTP/1.2", "GET / HTTP/1.2\r\nH\r\n\r\n"},
	{"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\n"},
	{"http/1.1", "GET / http/1.1\r\nH\r\n\r\n"},
	{"a method in parentheses", "(GET) / HTTP/1.1\r\nH\r\n\r\n"},
	{"CONNECT", "CONNECT a:443 HTTP/1.1\r\nH\r\n\r\n"},
	{"an authority as the target", "GET a:443 HTTP/1.1\r\nH\r\n\r\n"},
	{"another scheme", "GET ftp://a/ HTTP/1.1\r\nH\r\n\r\n"},
	{"a user in the target", "GET http://u@a/ HTTP/1.0\r\n\r\n"},
	{"no host in the target", "GET http:///x HTTP/1.0\r\n\r\n"},
	{"a scheme alone", "GET http HTTP/1.0\r\n\r\n"},
	{"no Host", "GET / HTTP/1.1\r\nX: 1\r\n\r\n"},
	{"two Hosts", "GET / HTTP/1.1\r\nH\r\nHost: a\r\n\r\n"},
	{"a Host that is not the target's", "GET http://b/ HTTP/1.1\r\nH\r\n\r\n"},
	{"three empty lines first", "\r\n\r\n\r\nGET / HTTP/1.1\r\nH\r\n\r\n"},
	{"a bare LF first", "\nGET / HTTP/1.1\r\nH\r\n\r\n"},
	{"a bare CR first", "\rGET / HTTP/1.1\r\nH\r\n\r\n"},
	{"a malformed escape in the path", "GET /%zz HTTP/1.1\r\nH\r\n\r\n"},
	{"half an escape in the path", "GET /%f?%20 HTTP/1.1\r\nH\r\n\r\n"},
	{"a malformed URL", "GET http://a:b/ HTTP/1.1\r\nHost: a:b\r\n\r\n"},
	{"a malformed Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
	{"Content-Length in Trailer", "POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked\r\nTrailer: X, content-length\r\n\r\n0\r\n\r\n"},
	{"a malformed Upgrade", "GET / HTTP/1.1\r\nH\r\nConnection: upgrade\r\nUpgrade: \xe4\r\n\r\n"},
	{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"},
	{"a long head", "GET / HTTP/1.1\r\nH\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n"},
	{"a long target", "GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\nH\r\n\r\n"},
	{"many fields", "GET / HTTP/1.1\r\nH\r\n" + strings.Repeat("a:\r\n", 1000) + "\r\n"},
	{"many fields named by Connection", "GET / HTTP/1.1\r\nH\r\nConnection: a" + strings.Repeat(",a", 100) + "\r\n\r\n"},
	{"a target whose host no Host may be", "GET http://\xe2\x84\xaa/ HTTP/1.1\r\nHost: k\r\n\r\n"},
	{"a target whose host no Host may be, in 1.0", "GET http://\xe4/ HTTP/1.0\r\n\r\n"},
	{"no target", "GET  HTTP/1.1\r\nH\r\n\r\n"},
}

// bodiesRefused are chunked bodies; the head has been accepted by then.
var bodiesRefused = []struct{ name, body string }{
	{"no size", "\r\nabc\r\n0\r\n\r\n"},
	{"no size and no more", "\r\n\r\n"},
	{"an extension of no size", ";a\r\n\r\n"},
	{"a size that is none", "xyz\r\nabc\r\n0\r\n\r\n"},
	{"a signed size", "+3\r\nabc\r\n0\r\n\r\n"},
	{"0x", "0x3\r\nabc\r\n0\r\n\r\n"},
	{"space before the size", " 3\r\nabc\r\n0\r\n\r\n"},
	{"space after the size", "3 \r\nabc\r\n0\r\n\r\n"},
	{"an enormous size", "ffffffffffffffff\r\nabc"},
	{"a size of many zeros", "0000000000000003\r\nabc\r\n0\r\n\r\n"},
	{"bare LF after the size", "3\nabc\r\n0\r\n\r\n"},
	{"bare CR in the size", "3\rx\r\nabc\r\n0\r\n\r\n"},
	{"bare LF after the data", "3\r\nabc\n0\r\n\r\n"},
	{"more data than said", "3\r\nabcd\r\n0\r\n\r\n"},
	{"less data than said", "3\r\nab\r\n0\r\n\r\n"},
	{"bare LF in an extension", "3;a\nb\r\nabc\r\n0\r\n\r\n"},
	{"a long extension", "3;" + strings.Repeat("a", 256) + "\r\nabc\r\n0\r\n\r\n"},
	{"many extensions", strings.Repeat("1;"+strings.Repeat("a", 200)+"\r\nx\r\n", 30) + "0\r\n\r\n"},
	{"bare LF at the end", "0\r\n\n"},
	{"Content-Length as a trailer", "0\r\nContent-Length: 3\r\n\r\n"},
	{"Transfer-Encoding as a trailer", "0\r\ntransfer-encoding: chunked\r\n\r\n"},
	{"Host as a trailer", "0\r\nHost: b\r\n\r\n"},
	{"Connection as a trailer", "0\r\nConnection: close\r\n\r\n"},
	{"Trailer as a trailer", "0\r\nTrailer: X\r\n\r\n"},
	{"Upgrade as a trailer", "0\r\nUpgrade: a\r\n\r\n"},
	{"a folded trailer", "0\r\nX: 1\r\n 2\r\n\r\n"},
	{"long trailers", "0\r\nX: " + strings.Repeat("a", 4096) + "\r\n\r\n"},
}

// requestsTaken are followed to their end.
var requestsTaken = []string{
	"GET / HTTP/1.1\r\nH\r\n\r\n",
	"GET / HTTP/1.0\r\n\r\n",
	"POST / HTTP/1.1\r\nH\r\ncontent-LENGTH: \t003 \r\n\r\nabc",
	"POST / HTTP/1.1\r\nH\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n00A;x=\"y z\"\r\n0123456789\r\n000\r\nX: 1\r\n\r\n",
	"M!#$%&'*+-.^_`|~09azAZ * HTTP/1.1\r\nH\r\nX:\r\nY: \xff\t\"\r\n\r\n",
	"GET / HTTP/1.1\r\nH\r\nHose: a\r\nContent-Lengte: a\r\nTransfer-Encodinh: a\r\n\r\n",
	"POST / HTTP/1.1\r\nH\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n0\r\n\r\n",
	"GET http://A HTTP/1.1\r\nH\r\n\r\n",
	"GET HTTPS://b HTTP/1.0\r\n\r\n",
	"GET http://[::1]:80?q HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
	"GET / HTTP/1.1\r\nH\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
	"GET / HTTP/1.1\r\nH\r\n" + strings.Repeat("a:\r\n", 999) + "\r\n",
	"GET / HTTP/1.1\r\nH\r\nConnection: close, keep-alive, upgrade, a" + strings.Repeat(",a", 99) + "\r\n\r\n",
	"GET /%20?%zz HTTP/1.1\r\nH\r\n\r\n",
	"POST / HTTP/1.1\r\nH\r\nTrailer: content-length\r\nContent-Length: 0\r\n\r\n",
	"POST / HTTP/1.1\r\nH\r\nExpect: 100-Continue\r\nExpect:\r\nContent-Length: 0\r\n\r\n",
}

func withHost(s string) string { return strings.ReplaceAll(s, "\r\nH\r\n", "\r\nHost: a\r\n") }

// follow gives the framing p in pieces of n bytes.
func follow(m *framing, p []byte, n int) (length int, done bool, err error) {
	for len(p) > 0 && !done && err == nil {
		piece := p[:min(n, len(p))]
		var k int
		k, done, err = m.next(piece)
		length += k
		p = p[k:]
		if k < len(piece) {
			break
		}
	}
	return length, done, err
}

func TestRequestsRefused(t *testing.T) {
	for _, tt := range requestsRefused {
		p := []byte(strings.ReplaceAll(withHost(tt.request), "\r\nH\n", "\r\nHost: a\n"))
		for _, n := range []int{1, 7, len(p)} {
			length, done, err := follow(&framing{}, p, n)
			var v violation
			if done || !errors.As(err, &v) {
				t.Errorf("%s, by %d: done %v, error %v", tt.name, n, done, err)
			}
			if _, err := http.ReadRequest(bufio.NewReaderSize(bytes.NewReader(p[:length]), 1<<17)); err == nil {
				t.Errorf("%s: what is passed on is a whole request: %q", tt.name, p[:length])
			}
		}
	}
	for _, tt := range bodiesRefused {
		const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
		p := []byte(head + tt.body)
		for _, n := range []int{1, 7, len(p)} {
			length, done, err := follow(&framing{}, p, n)
			var v violation
			if done || !errors.As(err, &v) {
				t.Errorf("%s, by %d: done %v, error %v", tt.name, n, done, err)
			}
			r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(p[:length])))
			if err != nil {
				t.Fatalf("%s: the head: %v", tt.name, err)
			}
			if body, err := io.ReadAll(r.Body); err == nil {
				t.Errorf("%s: what is passed on is a whole body: %q", tt.name, body)
			}
		}
	}
}

func TestRequestsTaken(t *testing.T) {
	for _, s := range requestsTaken {
		p := []byte(withHost(s))
		for _, n := range []int{1, 7, len(p)} {
			if length, done, err := follow(&framing{}, p, n); length != len(p) || !done || err != nil {
				t.Errorf("%q by %d: %d of %d bytes, done %v, error %v", s, n, length, len(p), done, err)
			}
		}
		for i := range p {
			m := framing{}
			if _, done, err := m.next(p[:i]); done || err != nil || m.begun() != (i > 0) {
				t.Fatalf("%q, %d bytes of it: done %v, error %v, begun %v", s, i, done, err, m.begun())
			}
		}
		if length, done, err := (&framing{}).next(append(p, "GET"...)); length != len(p) || !done || err != nil {
			t.Errorf("%q and more: %d of %d bytes, done %v, error %v", s, length, len(p), done, err)
		}
	}
}

// Two empty lines are let pass before a request. They are no request's beginning.
func TestEmptyLinesBeforeARequest(t *testing.T) {
	const post, get = "POST / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, tt := range []struct {
		first, lines string
		want         bool
	}{
		{"", "\r\n", true}, {"", "\r\n\r\n", true}, {"", "\r\n\r\n\r\n", false}, {"", "\n", false},
		{post, "\r\n", true}, {post, "\r\n\r\n", true}, {post, "\r\n\r\n\r\n", false}, {post, "\n", false}, {get, "\r\n", true},
	} {
		var m framing
		if tt.first != "" {
			m.next([]byte(tt.first))
			m.restart()
		}
		p := []byte(tt.lines + get)
		if _, done, err := new(m).next(p); done != tt.want || (err == nil) != tt.want {
			t.Errorf("%q after %q: done %v, error %v; want %v", p, tt.first, done, err, tt.want)
		}
		for i := range len(tt.lines) {
			if _, _, err := m.next(p[i : i+1]); err != nil || m.begun() {
				if tt.want {
					t.Errorf("%q after %q: error %v, begun %v", p[:i+1], tt.first, err, m.begun())
				}
				break
			}
		}
	}
}

// Why a request is refused is told to who sent it.
func TestReasons(t *testing.T) {
	for _, tt := range []struct{ request, want string }{
		{"\x16\x03", "no HTTP/1"},
		{"GET  HTTP/1.1\r\n", "a malformed first line"},
		{"GET / HTTP/2.0\r\n", "neither HTTP/1.1 nor HTTP/1.0"},
		{"CONNECT a:443 HTTP/1.1\r\n", "CONNECT is not served"},
		{"GET a:443 HTTP/1.1\r\n", "a target that is neither a path nor a URL"},
		{"GET http://u@a/ HTTP/1.1\r\n", "a URL without a host, or with a user, as the target"},
		{"GET / HTTP/1.1\n", "a line does not end with CR LF"},
		{"GET /\x00 HTTP/1.1\r\n", "a control character"},
		{"GET / HTTP/1.1\r\nX: a\r\n b\r\n", "a folded header line"},
		{"GET / HTTP/1.1\r\nX: a\r\n\tb\r\n", "a folded header line"},
		{"GET / HTTP/1.1\r\nX : a\r\n", "a malformed header name"},
		{"GET / HTTP/1.1\r\nContent-Length: a\r\n", "a malformed Content-Length"},
		{"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n", "more than one Content-Length"},
		{"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n", "a Transfer-Encoding that is not chunked alone"},
		{"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", "Transfer-Encoding together with Content-Length"},
		{"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding in HTTP/1.0"},
		{"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "more than one Host"},
		{"GET / HTTP/1.1\r\n\r\n", "no Host"},
		{"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", "a Host that is not the target's"},
		{"GET /%zz HTTP/1.1\r\n", "a malformed target"},
		{"GET / HTTP/1.1\r\nHost: a b\r\n", "a malformed Host"},
		{"GET / HTTP/1.1\r\nExpect: more\r\n", "an expectation other than 100-continue"},
		{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: Trailer\r\n\r\n", "a malformed trailer"},
		{"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: \xe4\r\n\r\n", "a malformed Upgrade"},
	} {
		if _, _, err := (&framing{}).next([]byte(tt.request)); err == nil || err.Error() != tt.want {
			t.Errorf("%q: %v, want %q", tt.request, err, tt.want)
		}
	}
}

func TestHexDigit(t *testing.T) {
	for b := range 256 {
		want, err := strconv.ParseUint(string([]byte{byte(b)}), 16, 8)
		if got, ok := hexDigit(byte(b)); ok != (err == nil) || uint64(got) != want {
			t.Errorf("%#x: %d, %v; want %d, %v", b, got, ok, want, err)
		}
	}
}

// What has as many bytes as the limits say is taken, and one more is not.
func TestLimits(t *testing.T) {
	const post, chunked = "POST / HTTP/1.1\r\nHost: a\r\n", "Transfer-Encoding: chunked\r\n\r\n"
	for _, tt := range []struct {
		name, before, padded, after string
		limit                       int
	}{
		{"a head", "", "GET / HTTP/1.1\r\nHost: a\r\nX: PAD\r\n\r\n", "", 64 << 10},
		{"a first line", "", "GET /PAD HTTP/1.1\r\nHost: a\r\n\r\n", "", 64 << 10},
		{"an answer's", "", "HTTP/1.1 103 \r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: PAD\r\n\r\n", "", 256 << 10},
		{"a length", post + "Content-Length: ", "PAD3", "\r\n\r\nabc", 18},
		{"a chunk's size", post + chunked, "PAD3", "\r\nabc\r\n0\r\n\r\n", 15},
		{"a chunk's line", post + chunked, "3;PAD", "\r\nabc\r\n0\r\n\r\n", 256},
		{"all extensions", post + chunked + strings.Repeat("1;"+strings.Repeat("a", 199)+"\r\nx\r\n", 20), "3;PAD", "\r\nabc\r\n0\r\n\r\n", 97},
		{"trailers", post + chunked + "0\r\n", "X: PAD\r\n\r\n", "", 3 << 10},
	} {
		for more := range 2 {
			pad := strings.Repeat("0", tt.limit-len(tt.padded)+len("PAD")+more)
			p := []byte(tt.before + strings.Replace(tt.padded, "PAD", pad, 1) + tt.after)
			for _, n := range []int{1, 1000, len(p)} {
				m := framing{response: strings.HasPrefix(tt.padded, "HTTP")}
				if _, done, err := follow(&m, p, n); done != (more == 0) || done != (err == nil) {
					t.Errorf("%s, %d bytes above the limit, by %d: done %v, error %v", tt.name, more, n, done, err)
				}
			}
		}
	}
}

// What no end of the line could mend is refused before that comes.
func TestGarbageIsNotWaitedFor(t *testing.T) {
	const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, tt := range []struct{ before, garbage string }{
		{"", "\x16"}, {"", " "}, {"", strings.Repeat("a", 64<<10+1)},
		{"GET / HTTP/1.1\r\n", strings.Repeat("a", 64<<10)},
		{chunked, strings.Repeat("a", 258)}, {chunked + "1\r\nx", "y"}, {chunked + "1\r\nx", "\r\r"},
		{chunked + "0\r\n", strings.Repeat("a", 3<<10+1)},
	} {
		var m framing
		if _, _, err := m.next([]byte(tt.before)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := m.next([]byte(tt.garbage)); err == nil {
			t.Errorf("%.20q after %q: not refused", tt.garbage, tt.before)
		}
	}
}

// answersTaken have, after the bar, what is no part of the answer any more.
var answersTaken = []struct{ method, answer string }{
	{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc|x"},
	{"GET", "HTTP/1.1 299 OK\r\nContent-Length: 9\r\n\r\n123456789|x"},
	{"GET", "HTTP/1.0 200\r\nContent-Length: 3\r\n\r\nabc|x"},
	{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n|x"},
	{"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|x"},
	{"GET", "HTTP/1.1 204 \r\nContent-Length: 3\r\n\r\n|x"},
	{"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n|x"},
	{"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: 1\r\n\r\n|x"},
	{"GET", "HTTP/1.1 103 \r\n" + strings.Repeat("a:\r\n", 600) + "\r\nHTTP/1.1 204 \r\n" + strings.Repeat("a:\r\n", 600) + "\r\n|x"},
	{"GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n|x"},
	{"GET", "HTTP/1.1 200 OK\r\nContent-Length \t: 3\r\nX : a\r\n\r\nabc|x"},
	{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 03\r\n\r\nabc|x"},
}

var answersRefused = []struct{ name, answer string }{
	{"TE and CL", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
	{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
	{"bare LF", "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"},
	{"obs-fold", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"},
	{"a bad name", "HTTP/1.1 200 OK\r\nX Y: a\r\n\r\n"},
	{"no name but a space", "HTTP/1.1 200 OK\r\nX: a\r\n : b\r\n\r\n"},
	{"one length, and then a list", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3, 3\r\n\r\nabc"},
	{"Content-Length in Trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: content-length\r\n\r\n0\r\n\r\n"},
	{"NUL", "HTTP/1.1 200 OK\r\nX: a\x00\r\n\r\n"},
	{"no status", "HTTP/1.1 OK\r\n\r\n"},
	{"no status at all", "HTTP/1.1\r\n\r\n"},
	{"nothing but two digits", "HTTP/1.1 99\r\n\r\n"},
	{"a status beyond digits", "HTTP/1.1 2:0 OK\r\n\r\n"},
	{"a signed status", "HTTP/1.1 2-0 OK\r\n\r\n"},
	{"a status of two digits", "HTTP/1.1 99 OK\r\n\r\n"},
	{"a status below 100", "HTTP/1.1 099 OK\r\n\r\n"},
	{"a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"},
	{"HTTP/2", "HTTP/2 200 OK\r\n\r\n"},
	{"no HTTP", "SSH-2.0-x\r\n\r\n"},
	{"chunked in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
	{"a long head", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 256<<10) + "\r\n\r\n"},
}

func TestAnswers(t *testing.T) {
	for _, tt := range answersTaken {
		whole, _, _ := strings.Cut(tt.answer, "|")
		p := []byte(strings.Replace(tt.answer, "|", "", 1))
		for _, n := range []int{1, 7, len(p)} {
			m := framing{response: true, toHEAD: tt.method == "HEAD"}
			if length, done, err := follow(&m, p, n); length != len(whole) || !done || err != nil {
				t.Errorf("%q by %d: %d of %d bytes, done %v, error %v", tt.answer, n, length, len(whole), done, err)
			}
		}
	}
	for _, p := range []string{"HTTP/1.0 200 OK\r\n\r\nto\r\nthe end\r\n\r\n", "HTTP/1.1 101 Switching\r\nUpgrade: a\r\n\r\nno HTTP\r\n\r\n"} {
		for _, n := range []int{1, 7, len(p)} {
			m := framing{response: true}
			if length, done, err := follow(&m, []byte(p), n); length != len(p) || done || err != nil {
				t.Errorf("%q by %d: %d of %d bytes, done %v, error %v", p, n, length, len(p), done, err)
			}
		}
	}
	for _, tt := range answersRefused {
		m := framing{response: true}
		var v violation
		if _, done, err := m.next([]byte(tt.answer)); done || !errors.As(err, &v) {
			t.Errorf("%s: done %v, error %v", tt.name, done, err)
		}
	}
}

// Whatever is taken as a request net/http frames alike: the same body, the same end.
// That it takes it, too, is FuzzForward's matter.
func FuzzRequest(f *testing.F) {
	for _, tt := range requestsRefused {
		if len(tt.request) < 1<<10 { // to make a long one shorter takes the fuzzer a minute
			f.Add([]byte(withHost(tt.request)))
		}
	}
	for _, tt := range bodiesRefused {
		f.Add([]byte("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + tt.body))
	}
	for _, s := range requestsTaken {
		f.Add([]byte(withHost(s) + "GET / HTTP/1.1\r\nHost: b\r\n\r\n"))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		length, done, err := (&framing{}).next(p)
		for _, n := range []int{1, 5} {
			l, d, e := follow(&framing{}, p, n)
			if d != done || (e == nil) != (err == nil) || done && l != length {
				t.Fatalf("whole: %d %v %v; by %d: %d %v %v", length, done, err, n, l, d, e)
			}
		}
		if err == nil && !done && length != len(p) {
			t.Fatalf("stopped at %d of %d bytes", length, len(p))
		}
		// A buffer above the head's limit, so that trailers fit it as they do the server's.
		r := bufio.NewReaderSize(bytes.NewReader(p), 4<<10)
		request, readErr := http.ReadRequest(r)
		if !done {
			return
		}
		if readErr != nil {
			return // refused by net/http
		}
		if _, err := io.Copy(io.Discard, request.Body); err != nil {
			t.Fatalf("taken, but the body is not: %v", err)
		}
		rest, _ := io.ReadAll(r)
		if len(p)-len(rest) != length {
			t.Fatalf("ends after %d bytes, to net/http after %d", length, len(p)-len(rest))
		}
	})
}

// The same of answers.
func FuzzAnswer(f *testing.F) {
	for _, tt := range answersTaken {
		f.Add([]byte(strings.Replace(tt.answer, "|", "", 1)), tt.method == "HEAD")
	}
	for _, tt := range answersRefused {
		if len(tt.answer) < 1<<10 {
			f.Add([]byte(tt.answer), false)
		}
	}
	f.Fuzz(func(t *testing.T, p []byte, head bool) {
		length, done, err := (&framing{response: true, toHEAD: head}).next(p)
		l, d, e := follow(&framing{response: true, toHEAD: head}, p, 1)
		if d != done || (e == nil) != (err == nil) || done && l != length {
			t.Fatalf("whole: %d %v %v; by 1: %d %v %v", length, done, err, l, d, e)
		}
		if !done {
			return
		}
		to := &http.Request{Method: "GET"}
		if head {
			to.Method = "HEAD"
		}
		r := bufio.NewReaderSize(bytes.NewReader(p), 4<<10)
		for {
			answer, err := http.ReadResponse(r, to)
			if err != nil {
				return // refused by net/http
			}
			if answer.StatusCode/100 == 1 && answer.StatusCode != 101 {
				continue
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				t.Fatalf("taken, but the body is not: %v", err)
			}
			break
		}
		rest, _ := io.ReadAll(r)
		if len(p)-len(rest) != length {
			t.Fatalf("ends after %d bytes, to net/http after %d", length, len(p)-len(rest))
		}
	})
}
