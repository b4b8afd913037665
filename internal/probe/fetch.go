package probe

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
)

const (
	// replyHeader bounds the header of a reply, in bytes.
	replyHeader = 64 << 10

	// replyError bounds the words of an error: net/http's show what has come.
	replyError = 150

	// fetchBody bounds the body of a drainit's reply, in bytes; all of them are
	// far smaller.
	fetchBody = 1 << 20
)

// An Answer is what a drainit said.
type Answer struct {
	Code   int
	Header http.Header // see the Header constants for who said it
	Body   []byte
}

// Fetch asks whatever serves at addr for path, as ctl does, and returns its
// answer. That it is a drainit, and which one, is for the caller to see from
// the header. ctx must have a deadline.
func Fetch(ctx context.Context, addr, path string) (Answer, error) {
	conn, err := dial(ctx, addr)
	if err != nil {
		return Answer{}, err
	}
	defer conn.Close()
	resp, err := roundTrip(conn, addr, path)
	if err != nil {
		return Answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, fetchBody))
	if err != nil {
		return Answer{}, err
	}
	return Answer{resp.StatusCode, resp.Header, body}, nil
}

// FetchHeader is Fetch for what answers in the header alone: of a stranger's body
// nothing is read.
func FetchHeader(ctx context.Context, addr, path string) (http.Header, error) {
	conn, err := dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	resp, err := roundTrip(conn, addr, path)
	if err != nil {
		return nil, err
	}
	return resp.Header, nil
}

// dial connects to addr. What is done with the connection ends with ctx's
// deadline too.
func dial(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

// roundTrip sends a GET, and reads the reply as far as its body, which the
// caller reads until it closes conn. host and target must have no spaces or
// control characters.
//
// It is not an [http.Transport]: that would have to be told not to use the
// proxy variables (they are the program's), not to keep connections, not to
// speak HTTP/2 and not to ask for compression, runs two goroutines for each
// connection, and costs 250 KB of binary. This follows no redirect because
// nothing here could.
func roundTrip(conn net.Conn, host, target string) (*http.Response, error) {
	if _, err := io.WriteString(conn, request("GET", host, target, "")); err != nil {
		return nil, err
	}
	return readReply(conn)
}

// readReply reads a reply as far as its body.
func readReply(from io.Reader) (*http.Response, error) {
	head := &io.LimitedReader{R: from, N: replyHeader}
	r := bufio.NewReader(head)
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil && head.N <= 0 {
			return nil, fmt.Errorf("reply with a header of more than %d bytes", replyHeader)
		}
		if err != nil && len(err.Error()) > replyError {
			return nil, errors.New(strings.ToValidUTF8(err.Error()[:replyError], "") + "...")
		}
		if err != nil {
			return nil, err
		}
		// 100 to 199 announce the answer, but for 101, which would end HTTP.
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			head.N = math.MaxInt64
			return resp, nil
		}
	}
}

// request returns a request. All but a GET have to say how long their body is, none
// included (RFC 9110, section 8.6).
func request(method, host, target, body string) string {
	about := ""
	if method != "GET" {
		about = fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if body != "" {
		about += "Content-Type: " + typeOf(body) + "\r\n"
	}
	return method + " " + target + " HTTP/1.1\r\nHost: " + withoutZone(host) +
		"\r\nUser-Agent: drainit\r\nAccept: */*\r\n" + about + "Connection: close\r\n\r\n" + body
}

// typeOf returns the type of a body, which is JSON or a text.
func typeOf(body string) string {
	if json.Valid([]byte(body)) {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// withoutZone returns host without the zone of an IPv6 address, which means
// nothing to the other side (RFC 6874, section 1).
func withoutZone(host string) string {
	address, rest, ok := strings.Cut(host, "%")
	if !ok {
		return host
	}
	if i := strings.LastIndexByte(rest, ']'); i >= 0 {
		return address + rest[i:]
	}
	return address
}
