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
		c.passEnd()
	}
}

// passEnd passes on that the client sends no more, unless there is another request.
func (c *conn) passEnd() {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := &c.x
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

// abort ends the exchange that is running from any goroutine: the client has gone, or is
// cut. By then it may be the next one.
func (c *conn) abort() {
	c.mu.Lock()
	c.x.aborted = true
	u, cancel := c.x.up, c.x.cancel
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
		c.abort()
	default:
		c.passEnd()
	}
}
