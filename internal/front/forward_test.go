package front

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

// passedOn is a whole request as it goes on, or nothing of one that is refused or not
// whole. It is what write writes of one that came in one piece.
func passedOn(p []byte, address string) (sent []byte, length int) {
	p = bytes.Clone(p)
	var m framing
	end, done, err := m.heading(p)
	if !done || err != nil {
		return nil, 0
	}
	head := p[end-m.headSize() : end]
	data, n, err := m.payload(p[end:])
	if err != nil || m.state != complete {
		return nil, 0
	}
	sent = m.head.appendRequest(nil, head, address)
	if m.head.chunked {
		return appendEnd(appendChunk(sent, data), m.trailer), end + n
	}
	return append(sent, data...), end + n
}

// sameRequest compares how net/http reads a request as it came and as it goes on.
func sameRequest(came, sent []byte) error {
	var m framing
	switch n, done, err := m.next(sent); {
	case err == tooMany || err == tooLarge: // with the field that was added
	case n != len(sent) || !done || err != nil:
		return fmt.Errorf("the front refuses it itself: %d of %d bytes, %v", n, len(sent), err)
	}
	first, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(came)))
	if err != nil {
		return fmt.Errorf("net/http refuses it: %w", err)
	}
	r := bufio.NewReader(bytes.NewReader(sent))
	second, err := http.ReadRequest(r)
	if err != nil {
		return fmt.Errorf("net/http refuses what goes on: %w", err)
	}
	a, err := io.ReadAll(first.Body)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(second.Body)
	if err != nil {
		return err
	}
	if rest, _ := io.ReadAll(r); len(rest) > 0 {
		return fmt.Errorf("net/http takes %q for another request", rest)
	}
	say := func(r *http.Request) string {
		return fmt.Sprintln(r.Method, r.RequestURI, strings.ToLower(r.Host), r.Proto, r.ContentLength, r.TransferEncoding, r.Trailer)
	}
	if say(first) != say(second) || !bytes.Equal(a, b) {
		return fmt.Errorf("it is %s%q, and goes on as %s%q", say(first), a, say(second), b)
	}
	return nil
}

// What goes on is read as what came, and as one request.
func TestForwardedIsTheSame(t *testing.T) {
	for _, s := range requestsTaken {
		p := []byte(withHost(s))
		for _, address := range []string{"", "192.0.2.1"} {
			sent, length := passedOn(p, address)
			if length != len(p) {
				t.Errorf("%q: %d of %d bytes", p, length, len(p))
			} else if err := sameRequest(p, sent); err != nil {
				t.Errorf("%q: %v", p, err)
			}
		}
	}
}

func FuzzForward(f *testing.F) {
	for _, s := range requestsTaken {
		f.Add([]byte(withHost(s)))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		f.Add(someRequest(random))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		sent, length := passedOn(p, "192.0.2.1")
		if length == 0 {
			return
		}
		came := bytes.TrimLeft(p[:length], "\r\n") // which net/http does not skip
		if err := sameRequest(came, sent); err != nil {
			t.Fatalf("%q, %q: %v", came, sent, err)
		}
	})
}
