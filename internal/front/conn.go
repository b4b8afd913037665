package front

import (
	"net"
	"sync"
	"syscall"
	"time"
)

// A conn is a client's connection. It stands between the socket and net/http's
// server, which reads through it one message at a time: what follows a message
// waits here until that is answered. So a request is known whole, a connection
// that becomes a tunnel has lost no byte to a buffer, and what is wrong with the
// next request does not harm this one.
type conn struct {
	net.Conn
	raw   syscall.RawConn
	front *Front
	to    *target

	// Of the goroutine that reads; net/http has one at a time.
	framing framing
	early   []byte // read, and not looked at yet

	mu      sync.Mutex
	cond    sync.Cond // of what follows
	phase   phase
	asked   bool      // a request is here whole and is not answered
	headed  bool      // the head of one is
	ahead   bool      // something came after it
	running *exchange // the request that is being answered, until the last byte of that
	done    bool      // the client sends no more
	counted bool      // it is in flight
	served  bool      // a request has been answered
	waiting bool      // for the first byte of a request, in Read
	since   time.Time // when that began
	leaving bool      // no further request is waited for
	stopped bool      // a read deadline in the past is set
	closed  bool
	reset   bool  // Close resets the connection
	cut     bool  // by Cut
	over    bool  // nothing more is read, whatever comes
	refused error // why a request was refused
	kept    *upstream
}

// phase is what a connection is used for.
type phase uint8

const (
	requests phase = iota
	tunnel         // upgraded: bytes in both directions
)

func newConn(c net.Conn, f *Front, to *target) *conn {
	g := &conn{Conn: c, front: f, to: to}
	g.cond.L = &g.mu
	if s, ok := c.(syscall.Conn); ok {
		g.raw, _ = s.SyscallConn()
	}
	return g
}

// whole reports whether the request that is being answered is here to its end.
func (c *conn) whole() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// finish ends the reading. The request was answered and its body is not at its end,
// where net/http would go on with a next request: its reader of a body may have
// failed, by being stopped, and not be asked again.
func (c *conn) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
}

// begin counts the request as in flight from its first byte on, and notes whether it
// is here whole, or its head.
func (c *conn) begin(whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.headed = whole, c.framing.state > fieldLine
	c.ahead = len(c.early) > 0
	if !c.counted && !c.closed {
		c.counted = true
		c.front.inFlight.Add(1)
	}
}

// notBegun notes that what came after the last request was empty lines, and no other.
func (c *conn) notBegun() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = false
	c.uncount()
}

// run notes that the handler answers the request now. It reports whether there is
// still somebody to answer: a request that was cut before has been counted.
func (c *conn) run(x *exchange) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = x
	x.finished, x.last = c.done, c.leaving
	return !c.closed
}

// idle notes that the answer has been written whole. Nobody is in Read.
func (c *conn) idle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running, c.asked, c.served = nil, false, true
	if c.front.closing.Load() {
		c.leaving = true
	}
	if len(c.early) == 0 {
		c.uncount()
	}
}

// uncount notes that nothing is in flight. The caller holds c.mu.
func (c *conn) uncount() {
	if c.counted {
		c.counted = false
		c.front.inFlight.Add(-1)
	}
}

// upgraded notes that the connection is a tunnel now.
func (c *conn) upgraded() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phase = tunnel
	c.front.count(101)
	if !c.closed {
		c.uncount()
		c.front.upgraded.Add(1)
	}
}

func (c *conn) isTunnel() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.phase == tunnel
}

// leave ends the connection if no request is under way on it, or when the one that
// is has been answered. One that was made and not used yet is left alone unless
// unused is set.
func (c *conn) leave(unused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == tunnel || !c.served && !c.counted && !unused {
		return
	}
	c.leaving = true
	if c.waiting {
		c.Conn.SetReadDeadline(past)
	}
}

// silent returns for how long nothing has been asked, and whether the connection was
// told to leave for it and is about to.
func (c *conn) silent(now time.Time) (since time.Duration, leaves bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.waiting || c.leaving {
		return 0, c.waiting && c.leaving
	}
	return now.Sub(c.since), false
}
