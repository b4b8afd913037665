package front

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
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

// Read returns what the client sent, at most to the end of the message. After that
// it waits until the message is answered. A tunnel is read by WriteTo.
func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	asked, over := c.asked, c.over
	c.mu.Unlock()
	if over {
		return 0, io.EOF
	}
	if asked {
		return 0, c.hold()
	}
	if c.framing.state == complete {
		c.framing.restart()
	}
	return c.readMessage(p)
}

// readMessage returns the next bytes of a message.
func (c *conn) readMessage(p []byte) (int, error) {
	if c.refused != nil {
		return 0, c.refusal()
	}
	n, err := c.readSome(p)
	if n == 0 {
		return 0, err
	}
	k, _, refused := c.framing.next(p[:n])
	if k < n {
		c.early = slices.Concat(p[k:n], c.early)
	}
	if whole := c.framing.state == complete; whole || c.framing.begun() {
		c.begin(whole)
	} else if len(c.early) == 0 {
		c.notBegun()
	}
	if refused != nil {
		c.mu.Lock()
		c.refused = refused
		c.mu.Unlock()
		return 0, c.refusal()
	}
	return k, err
}

// readSome reads from what is there already, or from the socket.
func (c *conn) readSome(p []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		if n < awake && !c.framing.begun() {
			c.Conn.SetReadDeadline(time.Now().Add(headTime))
		}
		return n, nil
	}
	if c.framing.begun() {
		return c.Conn.Read(p)
	}
	return c.readFirst(p)
}

// readFirst waits for the first bytes of a request. When no more are wanted it ends
// the connection, unless some are there already.
func (c *conn) readFirst(p []byte) (int, error) {
	c.mu.Lock()
	if c.leaving {
		c.mu.Unlock()
		return c.readLast(p)
	}
	c.waiting, c.since = true, time.Now()
	c.mu.Unlock()
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.waiting = false
	leaving := c.leaving
	c.mu.Unlock()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return c.readLast(p)
	}
	if n > 0 && (leaving || n < awake) { // with a deadline of leave's, or of net/http's for silence
		c.Conn.SetReadDeadline(time.Now().Add(headTime))
	}
	return n, err
}

// awake is how many bytes of a further request net/http waits for before it bounds
// the head.
const awake = 4

// readLast returns what has arrived, without waiting: a client that asked in the
// last moment is answered.
func (c *conn) readLast(p []byte) (n int, err error) {
	if c.raw == nil {
		return 0, io.EOF
	}
	c.Conn.SetReadDeadline(time.Now().Add(headTime))
	c.raw.Read(func(fd uintptr) bool {
		n, _ = syscall.Read(int(fd), p)
		return true
	})
	if n <= 0 {
		return 0, io.EOF
	}
	return n, nil
}

// hold waits while the request at hand is answered, and looks after the client
// meanwhile: a byte of its next request is kept, the end of what it sends is passed
// on, and that it has gone is an error, which ends the request. It ends when net/http
// no longer wants to read.
func (c *conn) hold() error {
	for {
		c.mu.Lock()
		for len(c.early) > 0 && !c.stopped && !c.closed {
			c.cond.Wait()
		}
		err := c.holdOver()
		c.mu.Unlock()
		if err != nil {
			return err
		}
		var b [1]byte
		n, err := c.Conn.Read(b[:])
		switch {
		case n > 0:
			c.early = append(c.early, b[0])
			c.mu.Lock()
			c.ahead = true
			c.mu.Unlock()
		case err == io.EOF:
			c.mu.Lock()
			c.done = true
			x := c.running
			c.mu.Unlock()
			if x != nil {
				x.clientDone()
			}
			return c.holdEnd()
		case err != nil:
			return err
		}
	}
}

// holdEnd is hold for a client that sends nothing any more. It may well wait for
// its answer (shutdown(2)), which the program decides, as it would without a front.
func (c *conn) holdEnd() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.stopped && !c.closed {
		c.cond.Wait()
	}
	return c.holdOver()
}

// holdOver is the error with which a hold ends, if it does. The caller holds c.mu.
func (c *conn) holdOver() error {
	switch {
	case c.closed:
		return net.ErrClosed
	case c.stopped:
		return os.ErrDeadlineExceeded
	}
	return nil
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

// end closes the connection and reports whether something was cut by that.
func (c *conn) end() bool {
	c.mu.Lock()
	cut := !c.closed && (c.counted || c.phase == tunnel)
	c.cut = true
	if x := c.running; x != nil && !x.in.ProtoAtLeast(1, 1) {
		c.reset = c.counted
	}
	c.mu.Unlock()
	c.Close()
	return cut
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

var past = time.Unix(1, 0)

// SetReadDeadline also ends a hold, which is how net/http stops its own reading.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = !t.IsZero() && t.Before(time.Now())
	c.cond.Broadcast()
	return c.Conn.SetReadDeadline(t)
}

// SetDeadline is that of net/http when a tunnel begins.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// CloseWrite passes the end of what one side of a tunnel sends to the other.
func (c *conn) CloseWrite() error { return closeWrite(c.Conn) }

// Close closes the connection and the one to the program behind it. A cut answer
// whose end only the end of the connection says is reset, so that it looks cut. One
// whose client may be sending is open for a moment more.
func (c *conn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return net.ErrClosed
	}
	c.closed = true
	if c.phase == tunnel {
		c.front.upgraded.Add(-1)
	}
	if c.counted && c.running == nil && c.refused == nil {
		c.unheard()
	}
	c.uncount()
	kept, reset, over := c.kept, c.reset, c.over || c.ahead
	c.kept = nil
	c.cond.Broadcast()
	c.mu.Unlock()
	if kept != nil {
		kept.timer.Stop()
		kept.discard()
	}
	if over && !reset {
		go func() {
			defer c.front.forget(c)
			linger(c.Conn)
		}()
		return nil
	}
	c.front.forget(c)
	if reset {
		setReset(c.Conn)
	}
	return c.Conn.Close()
}

// unheard counts a request that the handler has not seen: net/http has refused it,
// or it has not come to the end of its head. The caller holds c.mu.
func (c *conn) unheard() {
	if c.headed && !c.cut {
		c.front.refused.Add(1)
		return
	}
	c.front.count(0)
}

// closeWrite is shutdown(2) of what is sent.
func closeWrite(c net.Conn) error {
	if w, ok := c.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// setReset makes Close send a reset, which TCP alone has.
func setReset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
}
