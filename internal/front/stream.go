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

// An eventStream is such an answer. In its turn it ends at the end of an event, as if the program
// had ended it there.
type eventStream struct {
	*exchange
	program *upstream
	guest   guest
	events  events
}

func (x *exchange) newEventStream(u *upstream) *eventStream {
	s := &eventStream{exchange: x, program: u, guest: guest{program: u.Conn}}
	x.conn.front.turns.come(&s.guest)
	return s
}

func (s *eventStream) end() { s.conn.front.turns.leave(&s.guest) }

// pass passes on what comes after what was followed already, as body does.
func (s *eventStream) pass(chunked bool) error {
	c, u := s.conn, s.program
	for {
		u.in.used(u.followed)
		u.followed = 0
		ago, told := s.guest.isTold()
		late := ago > lateTime
		if told && s.events.between() && (late || !u.unread()) {
			return s.leave(chunked)
		}
		err := u.more()
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.guest.goOn()
			continue
		default:
			return s.programEnded(err, chunked)
		}
		data, n, bad := u.framing.payload(u.in.bytes())
		u.followed = n
		done := u.framing.state == complete || bad != nil
		end := s.events.follow(data)
		stops := told && late && end > 0 && !s.events.between() && !done
		if stops {
			data = data[:end]
		}
		if err := u.in.pass(&c.endpoint, data, chunked, done && bad == nil, u.framing.trailer); err != nil {
			return clientFault(err)
		}
		if stops {
			return s.leave(chunked)
		}
		if done {
			return programFault(bad)
		}
	}
}

// programEnded is the end of the answer where that has none of its own. If others leave,
// so does this one.
func (s *eventStream) programEnded(err error, chunked bool) error {
	whole := err == io.EOF && s.program.framing.state == untilClose
	switch {
	case whole && chunked:
		return clientFault(s.conn.send([]byte(lastChunk)))
	case whole:
		return nil
	case s.conn.front.turns.isBegun() && s.events.between() && !errors.Is(err, net.ErrClosed):
		return s.leave(chunked)
	}
	return err
}

// leave ends the answer here, and with it both connections.
func (s *eventStream) leave(chunked bool) error {
	s.left, s.kept = true, false
	s.program.in.empty()
	s.program.followed = 0
	if chunked {
		if err := s.conn.send([]byte(lastChunk)); err != nil {
			return clientFault(err)
		}
	}
	s.conn.front.left.Add(1)
	return nil
}
