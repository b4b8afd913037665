package probe

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestReadHead(t *testing.T) {
	const host = "Host: 10.0.0.7:10143\r\n"
	for _, tt := range []struct {
		in   string
		kind headKind
		want head
	}{
		{"GET /readyz HTTP/1.1\r\n" + host + "User-Agent: kube-probe/1.36\r\nAccept: */*\r\nConnection: close\r\n\r\n", headSimple, head{endpoint: endpointReadyz}},
		{"HEAD /livez HTTP/1.0\r\n\r\n", headSimple, head{endpointLivez, headOnly | http10, 0}},
		{"GET / HTTP/1.1\r\nHOST:[::1]:10143 \r\nX:\t\xff\r\n\r\n", headSimple, head{endpoint: endpointIndex}},
		{"", headUnfinished, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host, headUnfinished, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "\r", headUnfinished, head{}},
		{"POS", headUnfinished, head{}},
		{"\x16\x03\x01\x02", headGarbage, head{}},
		{" GET / HTTP/1.1\r\n\r\n", headGarbage, head{}},
		{"GET /readyz?verbose HTTP/1.1\r\n" + host + "\r\n", headOther, head{}},
		{"GET /metrics HTTP/1.1\r\n" + host + "\r\n", headOther, head{}},
		{"GET http://x/readyz HTTP/1.1\r\n" + host + "\r\n", headOther, head{}},
		{"POST /readyz HTTP/1.1\r\n" + host + "\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "transfer-encoding: chunked\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "Expect: 100-continue\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + host + "\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\nHost: a/b\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "X : y\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "X: y\r\n folded\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\n" + host + "X\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/2.0\r\n" + host + "\r\n", headOther, head{}},
		{"GET /readyz\r\n\r\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\nHost: x\n\n", headOther, head{}},
		{"GET /readyz HTTP/1.1\r\nX: " + strings.Repeat("x", headLimit) + "\r\n", headOther, head{}},
	} {
		got, kind := readHead([]byte(tt.in))
		if tt.kind == headSimple {
			tt.want.length = len(tt.in)
		}
		if kind != tt.kind || got != tt.want {
			t.Errorf("%q: %v, %+v, want %v, %+v", tt.in, kind, got, tt.kind, tt.want)
		}
	}
}

// FuzzReadHead: what the server answers itself is for net/http the same request, and
// nothing of what follows it belongs to it.
func FuzzReadHead(f *testing.F) {
	f.Add([]byte("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET"))
	f.Add([]byte("HEAD / HTTP/1.0\r\nA: b\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, kind := readHead(b)
		if kind != headSimple {
			return
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b[:h.length])))
		if err != nil {
			t.Fatalf("%q: net/http says %v", b, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) > 0 || r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("%q has a body", b)
		}
		if endpointOf(r.RequestURI) != h.endpoint || (r.Method == "HEAD") != (h.form&headOnly != 0) || r.ProtoAtLeast(1, 1) == (h.form&http10 != 0) {
			t.Errorf("%q: %s %s %s, and not %+v", b, r.Method, r.RequestURI, r.Proto, h)
		}
	})
}
