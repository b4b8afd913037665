package front

import (
	"errors"
	"io"
	"net"
	"os"
)

// isStream reports whether the answer is a stream of events that may end early: asked
// for as one by who comes back for the rest by itself (HTML, section 9.2.3: a GET that
// accepts text/event-stream), readable, and without a length that would miss something.
// What answers a POST, say, is none that anybody would ask for again.
func (x *exchange) isStream(u *upstream) bool {
	h, state := &u.framing.head, u.framing.state
	return x.events && h.events && !h.coded && h.status == 200 && state != complete && state != bodyData
}

// stream is body for such an answer. In its turn it ends at the end of an event, as if
// the program had ended it there. e has followed what was sent of it.
func (x *exchange) stream(u *upstream, chunked bool, e *events) error {
	c := x.conn
	turns := &c.front.turns
	g := &guest{program: u.Conn}
	turns.come(g)
	defer turns.leave(g)
	for {
		u.in.used(u.followed)
		u.followed = 0
		ago, told := g.isTold()
		late := ago > lateTime
		if told && e.between() && (late || !u.unread()) {
			return x.endStream(u, chunked)
		}
		switch err := u.more(); {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded):
			g.goOn()
			continue
		case err == io.EOF && u.framing.state == untilClose:
			if chunked {
				return clientFault(c.send([]byte(lastChunk)))
			}
			return nil
		case turns.isBegun() && e.between() && !errors.Is(err, net.ErrClosed):
			return x.endStream(u, chunked)
		default:
			return err
		}
		data, n, bad := u.framing.payload(u.in.bytes())
		u.followed = n
		done := u.framing.state == complete
		end := e.follow(data)
		stops := told && late && end > 0 && !e.between() && !done && bad == nil
		if stops {
			data = data[:end]
		}
		if err := u.in.pass(&c.endpoint, data, chunked, done && bad == nil, u.framing.trailer); err != nil {
			return clientFault(err)
		}
		if stops {
			return x.endStream(u, chunked)
		}
		if bad != nil || done {
			return programFault(bad)
		}
	}
}

// endStream ends the answer here, and with it both connections.
func (x *exchange) endStream(u *upstream, chunked bool) error {
	c := x.conn
	x.left, x.kept = true, false
	c.front.left.Add(1)
	u.in.empty()
	u.followed = 0
	if chunked {
		return clientFault(c.send([]byte(lastChunk)))
	}
	return nil
}
