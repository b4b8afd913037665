package front

// wroteAll notes that the whole request has been written. From then on the end of what
// the client sends is passed on, which would cut it before.
func (x *exchange) wroteAll() {
	c := x.conn
	c.mu.Lock()
	x.written, c.ahead = true, c.in.length() > 0
	done := c.done
	c.mu.Unlock()
	if done {
		x.passEnd()
	}
}

// passEnd passes on that the client sends no more, unless there is another request.
func (x *exchange) passEnd() {
	c := x.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if !x.written || x.ended || x.up == nil || !c.doneAsking() {
		return
	}
	x.ended = true
	closeWrite(x.up.Conn)
}

// doneAsking reports whether the client said that it sends no more, which most mean as
// that they have gone, and has no other request. The caller holds c.mu.
func (c *conn) doneAsking() bool { return c.done && !c.ahead && !c.unread() }

// gone reports whether nobody may be left to be answered.
func (x *exchange) gone() bool {
	x.conn.mu.Lock()
	defer x.conn.mu.Unlock()
	return x.aborted || x.conn.doneAsking()
}

// abort ends the exchange from another goroutine: the client has gone, or is cut.
func (x *exchange) abort() {
	c := x.conn
	c.mu.Lock()
	x.aborted = true
	u, cancel := x.up, x.cancel
	c.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if u != nil {
		u.abort()
	}
}

// hangUp notes that the client sends no more, which is passed on, or that it has gone.
// The watcher calls it.
func (c *conn) hangUp(gone bool) {
	c.mu.Lock()
	c.done = true
	running := c.running != nil
	if !running {
		c.wake()
	}
	running = running && c.phase == requests
	relay := c.relay
	if relay != nil && gone {
		relay.client.gone = true
	}
	c.mu.Unlock()
	if relay != nil && gone {
		relay.to.abort()
	}
	switch {
	case !running:
	case gone:
		c.x.abort()
	default:
		c.x.passEnd()
	}
}
