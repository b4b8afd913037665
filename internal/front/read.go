package front

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"time"
)

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
