package front

import (
	"bytes"
	"time"
)

// preface is what a client of HTTP/2 begins a connection with (RFC 9113, section 3.4).
// It was made so that no server of HTTP/1 takes it for a request.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// prefaceLine is as much of it as may still become a refused request: up to the end of
// its first line.
const prefaceLine = len("PRI * HTTP/2.0\r")

// prefaced looks for the preface where a connection begins. Of the beginning of one, the
// line is left to the framing, which judges all that turns out to be none, as far as it
// does not refuse it; what is held back is for the rest to be waited for.
func (c *conn) prefaced() (is, held bool) {
	p := c.in.bytes()
	if c.served || c.framing.blank > 0 || c.framing.state != startLine || len(p) <= prefaceLine {
		return false, false
	}
	is = bytes.HasPrefix(p, []byte(preface))
	return is, !is && bytes.HasPrefix([]byte(preface), p)
}

// frames serves a connection of HTTP/2: it passes frames on, over a connection to the
// program that is this one's, until it ends.
func (c *conn) frames() {
	c.begin(true)
	c.in.used(len(preface))
	c.followed, c.framing = 0, framing{}
	c.mu.Lock()
	c.x = exchange{conn: c}
	c.running = &c.x
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return
	}
	u, err := c.connect()
	if err != nil {
		c.unreached(err)
		return
	}
	c.relayTo(u)
}

// relayTo is the rest of frames.
func (c *conn) relayTo(u *upstream) {
	r := newRelay(c, u)
	c.mu.Lock()
	c.running = nil
	if c.closed || c.x.aborted {
		c.mu.Unlock()
		u.abort()
		return
	}
	c.relay, c.phase = r, relayed
	if c.leaving {
		r.leave()
	}
	c.limit = r.made.Add(idleTime)
	c.Conn.SetReadDeadline(c.limit)
	c.mu.Unlock()
	r.run()
}

// unreached tells the client that the program was not reached, so that all it asked for
// can be asked for once more.
func (c *conn) unreached(err error) {
	c.mu.Lock()
	c.running = nil
	gone := c.closed || c.x.aborted
	if !gone {
		c.over = true
		c.uncount()
	}
	c.mu.Unlock()
	if gone {
		return
	}
	c.front.failed.Add(1)
	c.front.streams.Add(1)
	c.in.empty()
	c.sendLast(appendUnserved(nil, noFault, "drainit's front got no answer: "+(&unreachable{err}).Error()))
}

// sendLast writes what does not matter any more if it takes long.
func (c *conn) sendLast(p []byte) {
	c.Conn.SetWriteDeadline(time.Now().Add(lingerTime))
	c.Conn.Write(p)
}

// appendUnserved is all that a server says that takes no stream.
func appendUnserved(b []byte, why fault, text string) []byte {
	b = appendFrame(b, frameSettings, 0, 0)
	return appendGoAway(b, 0, why, text)
}
