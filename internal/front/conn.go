package front

import (
	"net"
	"sync"
	"time"
)

// A conn is a client's connection. One goroutine serves it, one message at a time: what
// follows a message waits until that is answered. So a connection that becomes a tunnel
// has lost no byte to a buffer, and what is wrong with the next request does not harm
// this one.
type conn struct {
	endpoint
	front   *Front
	to      *target
	id      uint32 // the watcher's; 0: it is not watched
	address string // the client's, for X-Forwarded-For; empty: it has none, or is not asked for

	// Of the goroutine that serves. One that sends the rest of a body has in, framing
	// and followed until it is done.
	framing  framing
	followed int       // bytes of what was read that were followed
	headEnd  int       // where the head of the request ends
	bodySize int       // bytes of the body behind it
	limit    time.Time // the read deadline; zero: none
	fate     fate
	ended    bool                  // done, as of the last look
	reading  func(fd uintptr) bool // readRequests and ask, made once
	asking   func(fd uintptr) bool
	x        exchange

	mu      sync.Mutex
	phase   phase
	running *exchange   // the request that is being answered, until the last byte of that
	ahead   bool        // something came after it
	done    bool        // the client sends no more
	counted bool        // it is in flight
	served  bool        // a request has been answered
	waiting bool        // for the first byte of a request
	since   time.Time   // when that began, or else the head of the request
	resting bool        // it has no goroutine
	timer   *time.Timer // of one that rests
	awake   time.Time   // since when it does not, or since its last answer
	leaving bool        // no further request is waited for
	closed  bool
	reset   bool  // Close resets the connection
	over    bool  // nothing more is read, whatever comes; of a tunnel: it has left, or was cut, and is counted
	refused error // why a request was refused
	kept    *upstream
	relay   *relay // of a connection of HTTP/2
}

// phase is what a connection is used for.
type phase uint8

const (
	requests phase = iota
	tunnel         // upgraded: bytes in both directions
	relayed        // frames of HTTP/2, in both
)

func newConn(c net.Conn, f *Front, to *target) *conn {
	g := &conn{endpoint: newEndpoint(c), front: f, to: to}
	g.reading, g.asking, g.x.conn = g.readRequests, g.ask, g
	g.waiting, g.since = true, time.Now()
	g.awake = g.since
	if f.cfg.AppendForwarded {
		// A unix socket's client has no address.
		g.address, _, _ = net.SplitHostPort(c.RemoteAddr().String())
	}
	return g
}

// begin counts the request as in flight from its first byte on. The time of a head is
// counted from there, or from the beginning of a new connection.
func (c *conn) begin(headed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = false
	if c.counted || c.closed {
		return
	}
	c.counted = true
	c.front.inFlight.Add(1)
	if !headed && (c.served || c.leaving) {
		c.since = time.Now()
	}
}

// notBegun notes that what came after the last request was empty lines, and no other.
func (c *conn) notBegun() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uncount()
}

// run notes that the request is answered now. It reports whether there is still
// somebody to answer: a request that was cut before has been counted.
func (c *conn) run() bool {
	h := &c.framing.head
	c.mu.Lock()
	defer c.mu.Unlock()
	c.x = exchange{
		conn:     c,
		toHEAD:   h.isHEAD,
		http10:   h.http10,
		keeps:    !h.closes && (!h.http10 || h.keeps),
		upgrade:  h.upgradeTo(),
		events:   h.isGET && h.events,
		last:     c.leaving,
		headSize: c.framing.headSize(),
	}
	c.ahead, c.running = false, &c.x
	return !c.closed
}

// idle notes that the answer has been written whole.
func (c *conn) idle() {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running, c.served, c.since, c.awake, c.waiting = nil, true, now, now, true
	if c.front.closing.Load() {
		c.leaving = true
	}
	if c.in.length() == 0 {
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

// leave ends the connection if no request is under way on it, or when the one that
// is has been answered. One that was made and not used yet is left alone unless
// unused is set.
func (c *conn) leave(unused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == relayed {
		c.relay.leave()
		return
	}
	if c.phase == tunnel || !c.served && !c.counted && !unused {
		return
	}
	c.leaving = true
	c.wake()
}

// tell tells a client of HTTP/2 that the connection leaves.
func (c *conn) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == relayed {
		c.relay.leave()
	}
}

// stay lets a connection of HTTP/2 leave in its turn.
func (c *conn) stay() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == relayed {
		c.relay.stay()
	}
}

// silent returns for how long nothing has been asked, and whether the connection was
// told to leave for it and is about to.
func (c *conn) silent(now time.Time) (since time.Duration, leaves bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == relayed {
		return c.relay.silent(now)
	}
	if !c.waiting || c.leaving {
		return 0, c.waiting && c.leaving
	}
	return now.Sub(c.since), false
}
