package front

import "net"

// end closes the connection and returns how many requests and tunnels were cut by that.
func (c *conn) end() (cut int) {
	c.mu.Lock()
	switch {
	case c.closed:
	case c.counted || c.phase == tunnel && !c.over:
		cut = 1
	case c.phase == relayed:
		cut = c.relay.streams.inFlight
	}
	if c.running != nil && c.x.http10 {
		c.reset = c.counted
	}
	c.mu.Unlock()
	c.Close()
	return cut
}

// Close closes the connection and the one to the program behind it. A cut answer
// whose end only the end of the connection says is reset, so that it looks cut. One
// whose client may be sending is open for a moment more. It is not for a callback of the
// connection's raw.Read, whose end it waits for.
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
	running := c.running != nil
	if c.counted && !running && c.refused == nil {
		c.front.count(0)
	}
	c.uncount()
	c.noRest()
	kept, relay, reset, over := c.kept, c.relay, c.reset, c.over || c.ahead
	c.kept = nil
	c.mu.Unlock()
	if running {
		c.abort()
	}
	if relay != nil {
		relay.to.abort()
	}
	if kept != nil {
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
