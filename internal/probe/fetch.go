package probe

import (
	"bufio"
	"context"
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
	resp, err := roundTrip(conn, "GET", addr, path)
	if err != nil {
		return Answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, fetchBody))
	if err != nil {
		return Answer{}, err
	}
	return Answer{resp.StatusCode, resp.Header, body}, nil
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

// roundTrip sends one request without a body, and reads the reply as far as its body, which the
// caller reads until it closes conn. host and target must have no spaces or
// control characters.
//
// It is not an [http.Transport]: that would have to be told not to use the
// proxy variables (they are the program's), not to keep connections, not to
// speak HTTP/2 and not to ask for compression, runs two goroutines for each
// connection, and costs 250 KB of binary. This follows no redirect because
// nothing here could.
func roundTrip(conn net.Conn, method, host, target string) (*http.Response, error) {
	if _, err := io.WriteString(conn, request(method, host, target)); err != nil {
		return nil, err
	}
	head := &io.LimitedReader{R: conn, N: replyHeader}
	r := bufio.NewReader(head)
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil && head.N <= 0 {
			return nil, fmt.Errorf("reply with a header of more than %d bytes", replyHeader)
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

// request returns a request without a body, which all but a GET have to say
// (RFC 9110, section 8.6).
func request(method, host, target string) string {
	length := ""
	if method != "GET" {
		length = "Content-Length: 0\r\n"
	}
	return method + " " + target + " HTTP/1.1\r\nHost: " + withoutZone(host) +
		"\r\nUser-Agent: drainit\r\nAccept: */*\r\n" + length + "Connection: close\r\n\r\n"
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
