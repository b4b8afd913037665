package front

import "net"

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
