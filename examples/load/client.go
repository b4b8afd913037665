package load

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Client sends one request over and over. It may be used by many goroutines.
type Client struct {
	Address string                 // host:port; a name is looked up for each new connection
	Pick    func() (string, error) // instead of Address: that of a new connection, an address and no name
	TLS     *tls.Config            // nil for plain HTTP
	Request Request
	Keep    int // connections kept open and used by turns; 0 is a new one for each request

	turn atomic.Uint64 // among the addresses of a name

	mu     sync.Mutex
	open   int     // connections, in use or idle
	idle   []*conn // the longest unused first
	opened int
	ended  int
}

// Send sends the request once and returns the answer, of which From is known even
// where it failed. Everything, the connection
// included, must be over by deadline. Nothing that was written is written again:
// a kept connection on which the server has closed is left for another only if
// that is known before the first byte.
func (c *Client) Send(deadline time.Time) (Answer, error) {
	conn, err := c.take(deadline)
	if err != nil {
		var picked pickedError
		errors.As(err, &picked)
		return Answer{From: picked.address}, err
	}
	answer, err := conn.exchange(c.Request, deadline)
	answer.From = conn.to
	c.release(conn, err == nil && !answer.final)
	if err == nil && (answer.Status < 200 || answer.Status > 399) {
		err = StatusError(answer.Status)
	}
	return answer, err
}

// Connections returns how many were opened, and how many of those that were kept
// the server had ended before their next request.
func (c *Client) Connections() (opened, ended int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened, c.ended
}

// Close closes the connections that are kept. None may be in use.
func (c *Client) Close() {
	for conn := c.kept(); conn != nil; conn = c.kept() {
		c.release(conn, false)
	}
}

// take returns a connection to send a request on: of those kept the one unused
// for longest, or a new one while there are fewer than Keep or all are in use.
func (c *Client) take(deadline time.Time) (*conn, error) {
	for c.enough() {
		conn := c.kept()
		if conn == nil {
			break
		}
		if conn.quiet() {
			return conn, nil
		}
		c.release(conn, false)
		c.mu.Lock()
		c.ended++
		c.mu.Unlock()
	}
	conn, err := c.dial(deadline)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open++
	c.opened++
	return conn, nil
}

// enough reports whether as many connections are open as are to be kept.
func (c *Client) enough() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open >= c.Keep
}

// kept takes the connection that was unused for longest, nil if none is idle.
func (c *Client) kept() *conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.idle) == 0 {
		return nil
	}
	first := c.idle[0]
	c.idle = c.idle[1:]
	return first
}

// release puts a connection back, or closes it where it has ended or there are
// more than are to be kept.
func (c *Client) release(conn *conn, sound bool) {
	c.mu.Lock()
	keep := sound && c.open <= c.Keep
	if keep {
		c.idle = append(c.idle, conn)
	} else {
		c.open--
	}
	c.mu.Unlock()
	if !keep {
		conn.Close()
	}
}

// dial opens a connection to one address and no other.
func (c *Client) dial(deadline time.Time) (*conn, error) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	address, err := c.resolve(ctx)
	if err != nil {
		return nil, err
	}
	// KeepAlive off: fewer system calls, nothing else.
	dialer := net.Dialer{KeepAlive: -1}
	socket, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, pickedError{address, err}
	}
	if c.TLS == nil {
		return &conn{Conn: socket, socket: socket, reader: bufio.NewReader(socket), to: address}, nil
	}
	secured := tls.Client(socket, c.TLS)
	if err := secured.HandshakeContext(ctx); err != nil {
		socket.Close()
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	return &conn{Conn: secured, socket: socket, reader: bufio.NewReader(secured), to: address}, nil
}

// pickedError is a connection that could not be opened, and where to.
type pickedError struct {
	address string
	error
}

func (e pickedError) Unwrap() error { return e.error }

// resolve returns the address for the next new connection, those of a name by
// turns: IPv4 if it has any, since "localhost" also means ::1, where few listen.
func (c *Client) resolve(ctx context.Context) (string, error) {
	if c.Pick != nil {
		return c.Pick()
	}
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return "", err
	}
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", err
	}
	addresses := oneFamily(all)
	if len(addresses) == 0 {
		return "", fmt.Errorf("%s has no address", host)
	}
	address := addresses[c.turn.Add(1)%uint64(len(addresses))]
	return net.JoinHostPort(address.String(), port), nil
}

// oneFamily returns the IPv4 addresses, or all if none is.
func oneFamily(all []netip.Addr) []netip.Addr {
	var four []netip.Addr
	for _, address := range all {
		if address = address.Unmap(); address.Is4() {
			four = append(four, address)
		}
	}
	if four == nil {
		return all
	}
	return four
}
