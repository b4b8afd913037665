package front

import (
	"io"
	"net"
	"strings"
)

// change makes a tunnel of the connection where the program has changed to what it was
// asked for.
func (x *exchange) change(u *upstream) error {
	h := &u.framing.head
	switch {
	case x.upgrade == "" || !x.sentWhole():
		return malformed("101 that nobody asked for, or before the end of the request")
	case !h.upgrades || !strings.EqualFold(h.upgrade, x.upgrade):
		return malformed("101 with another protocol than the one that was asked for")
	}
	x.conn.upgraded()
	return nil
}

// tunnel passes on the head of the 101, and then bytes in both directions until both
// have ended, or one fails. A WebSocket may be told to leave from its head on.
func (c *conn) tunnel() {
	u := c.x.up
	if !is([]byte(c.x.upgrade), "websocket") {
		if c.passHead(u) {
			c.passAll(u)
		}
		return
	}
	w := &socket{conn: c, program: u, guest: guest{program: u.Conn}}
	c.front.turns.come(&w.guest)
	defer c.front.turns.leave(&w.guest)
	if c.passHead(u) {
		w.serve()
	}
}

// passHead reports whether the client could be told that the protocol is another one now.
func (c *conn) passHead(u *upstream) bool {
	c.noLimit()
	head := u.framing.head.appendAnswer(nil, u.lastHead(), answerForm{says: "Upgrade"})
	u.in.used(u.followed)
	_, err := c.Conn.Write(head)
	return err == nil
}

// passAll passes on bytes that are nobody's business here.
func (c *conn) passAll(u *upstream) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if c.pump(u.Conn) != nil {
			c.Close() // and u, which ends the other direction
		}
	}()
	if u.pump(c.Conn) != nil {
		c.Close()
	}
	<-ended
	u.Conn.Close()
}

// pump copies all that comes to w, and its end. A tunnel on which nothing happens holds
// no buffer.
func (s *endpoint) pump(w net.Conn) error {
	for {
		if s.in.length() > 0 {
			_, err := w.Write(s.in.bytes())
			s.in.empty()
			if err != nil {
				return err
			}
		}
		err := s.more()
		if err == io.EOF {
			return closeWrite(w)
		}
		if err != nil {
			return err
		}
	}
}
