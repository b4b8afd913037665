package front

import (
	"fmt"
	"io"
)

// answer passes the final head and the body on.
func (x *exchange) answer(u *upstream) error {
	c, h := x.conn, &u.framing.head
	form := x.form(u)
	x.status, x.kept = h.status, !form.closes
	raw := u.lastHead()
	began := u.followed - len(raw)
	data, n, bad := u.framing.payload(u.in.bytes()[u.followed:])
	var s *eventStream
	if x.isStream(u) {
		s = x.newEventStream(u)
		defer s.end()
		s.events.follow(data)
	}
	head := u.followed
	u.followed += n
	var err error
	if form.asItCame(h) {
		err = c.send(u.in.bytes()[began : head+len(data)])
	} else {
		out := buffers.Get().(*buffer)
		p := h.appendAnswer(out[:0], raw, form)
		if form.chunked {
			p = appendChunk(p, data)
			if u.framing.state == complete && bad == nil {
				p = appendEnd(p, u.framing.trailer)
			}
		} else {
			p = append(p, data...)
		}
		err = c.send(p)
		buffers.Put(out)
	}
	if err == nil && bad == nil && s != nil {
		return s.pass(form.chunked)
	}
	if err == nil && bad == nil && u.framing.state != complete {
		return x.body(u, form.chunked)
	}
	return firstOf(clientFault(err), programFault(bad))
}

// body passes the rest of the body on as it comes.
func (x *exchange) body(u *upstream, chunked bool) error {
	c := x.conn
	u.in.streams = u.framing.mayBeLong()
	defer func() { u.in.streams = false }()
	for {
		u.in.used(u.followed)
		u.followed = 0
		err := u.more()
		if err == io.EOF && u.framing.state == untilClose {
			if chunked {
				return clientFault(c.send([]byte(lastChunk)))
			}
			return nil
		}
		if err != nil {
			return err
		}
		data, n, bad := u.framing.payload(u.in.bytes())
		u.followed = n
		done := u.framing.state == complete
		if err := u.in.pass(&c.endpoint, data, chunked, done && bad == nil, u.framing.trailer); err != nil {
			return clientFault(err)
		}
		if bad != nil || done {
			return programFault(bad)
		}
	}
}

// form decides how the answer goes on. A stream of events is the last answer of its
// connection, since nobody may use that again in the moment when the stream leaves.
func (x *exchange) form(u *upstream) answerForm {
	h, state := &u.framing.head, u.framing.state
	f := answerForm{http10: x.http10, noBody: state == complete}
	f.chunked = !x.http10 && (h.chunked && !f.noBody || state == untilClose)
	f.closes = x.last || x.conn.front.draining.Load() || h.closes || h.http10 && !h.keeps || state == untilClose || x.isStream(u) ||
		x.http10 && h.chunked && !f.noBody || !x.settled()
	f.connection(x.keeps, h)
	f.closes = f.closes || !x.keeps
	return f
}

// say answers with a text of the front's own.
func (x *exchange) say(code int, text string) error {
	c := x.conn
	f := answerForm{http10: x.http10, closes: x.last || c.front.draining.Load() || !x.settled()}
	f.connection(x.keeps, &head{})
	x.status, x.kept = code, !f.closes && x.keeps
	version := "1.1"
	if x.http10 {
		version = "1.0"
	}
	connection := ""
	if f.says != "" {
		connection = "Connection: " + f.says + "\r\n"
	}
	page := fmt.Sprintf("HTTP/%s %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"+
		"Content-Length: %d\r\n%s\r\n", version, code, reasons[code], len(text), connection)
	if !x.toHEAD {
		page += text
	}
	return clientFault(c.send([]byte(page)))
}

// reasons are the front's own statuses in words.
var reasons = map[int]string{
	400: "Bad Request",
	417: "Expectation Failed",
	431: "Request Header Fields Too Large",
	502: "Bad Gateway",
}

func clientFault(err error) error {
	if err != nil {
		return &clientError{err}
	}
	return nil
}

func programFault(bad error) error {
	if bad != nil {
		return malformed(bad.Error())
	}
	return nil
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
