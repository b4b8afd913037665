package front

import (
	"sync/atomic"
	"time"
)

const (
	// continueTime is how long the program has to answer Expect: 100-continue
	// before the body is asked for regardless, as clients do (curl after 1 s).
	continueTime = time.Second

	// settleTime is how long after the answer's end the last of the request may
	// still be on its way for the connection to be kept.
	settleTime = 50 * time.Millisecond
)

// A sending is a body, or the rest of one, on its way from the client to the program.
type sending struct {
	ask  chan struct{} // closed when the program has asked for it; nil if it was
	skip chan struct{} // closed when there is an answer, or none will come
	done chan struct{} // closed when nothing reads or writes it any more
	here atomic.Bool   // it was read to its end
	err  error         // valid after done
}

func (s *sending) askNow() {
	if s.ask != nil {
		close(s.ask)
		s.ask = nil
	}
}

// write writes the request, as far as it is here, in one write. The rest is left to a
// goroutine, so that the program can answer before it has all of it. fd is the program's
// descriptor in a callback, or none.
func (x *exchange) write(fd int) {
	x.asked = true
	c := x.conn
	h, in := &c.framing.head, c.in.bytes()
	out := buffers.Get().(*buffer)
	p := h.appendRequest(out[:0], in[c.headEnd-x.headSize:c.headEnd], c.address)
	body, whole := in[c.headEnd:c.headEnd+c.bodySize], c.framing.state == complete
	if h.chunked {
		p = appendChunk(p, body)
		if whole {
			p = appendEnd(p, c.framing.trailer)
		}
	} else {
		p = append(p, body...)
	}
	// The program may have said why it closed before it did. Reading tells.
	x.up.fd = fd
	err := x.up.send(p)
	x.up.fd = none
	buffers.Put(out)
	c.in.used(c.followed)
	c.followed, c.bodySize = 0, 0
	switch {
	case err != nil:
	case whole:
		x.wroteAll()
	default:
		x.startSending(h.expects, h.chunked)
	}
}

// startSending sends the rest of the body from a goroutine of its own, which ends when
// the body does, or the client's or the program's connection. A body cut short does not
// look whole: the program's connection is aborted.
func (x *exchange) startSending(expects, chunked bool) {
	s := &sending{skip: make(chan struct{}), done: make(chan struct{})}
	if expects {
		s.ask = make(chan struct{})
	}
	x.sending = s
	x.conn.noLimit()
	ask, u := s.ask, x.up
	go func() {
		defer close(s.done)
		if expects && (!wanted(ask, s.skip) || !x.askForBody()) {
			s.err = errNotWanted
			return
		}
		s.err = x.writeRest(u, s, chunked)
		switch {
		case s.err == nil:
			x.wroteAll()
		case isClientError(s.err):
			x.conn.abort()
		}
	}()
}

// wanted waits until the body is asked for, or an answer without it is there.
func wanted(ask, skip chan struct{}) bool {
	t := time.NewTimer(continueTime)
	defer t.Stop()
	select {
	case <-ask:
	case <-t.C:
	case <-skip:
		return false
	}
	return true
}

// askForBody does so where the program has not, and reports whether it is still
// wanted.
func (x *exchange) askForBody() bool {
	x.informing.Lock()
	defer x.informing.Unlock()
	if !x.continued && !x.answered && !x.http10 {
		x.continued = true
		x.conn.Conn.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
	}
	return !x.answered
}

// writeRest copies the body as it comes.
func (x *exchange) writeRest(u *upstream, s *sending, chunked bool) error {
	c := x.conn
	c.in.streams = c.framing.mayBeLong()
	defer func() { c.in.streams = false }()
	for {
		data, n, bad := c.framing.payload(c.in.bytes())
		if bad != nil {
			c.mu.Lock()
			c.refused = bad
			c.mu.Unlock()
			return &clientError{bad}
		}
		done := c.framing.state == complete
		s.here.Store(done)
		err := c.in.pass(&u.endpoint, data, chunked, done, c.framing.trailer)
		c.in.used(n)
		if err != nil || done {
			return err
		}
		if err := c.more(); err != nil {
			return &clientError{err}
		}
	}
}

// pass writes the part of a body that data is, which is at the front.
func (in *input) pass(to *endpoint, data []byte, chunked, last bool, trailer []byte) (err error) {
	switch {
	case !chunked:
		if len(data) > 0 {
			err = to.send(data)
		}
		return err
	case len(data) > 0:
		plain := last && len(trailer) == 0
		if err := to.send(in.chunk(len(data), plain)); err != nil || plain || !last {
			return err
		}
	case !last:
		return nil
	}
	return to.send(appendEnd(nil, trailer))
}

// settled reports whether the request has been read to its end, after which the
// client's connection can be used for another. What is here already is worth a
// moment; what is not might never come, and the connection ends with the answer.
func (x *exchange) settled() bool {
	if s := x.sending; s != nil {
		if !ended(s.done, s.here.Load() || s.ask != nil) || isClientError(s.err) {
			return false // what is left of a body that failed is no request
		}
	}
	c := x.conn
	if c.framing.state == complete {
		return true
	}
	_, n, err := c.framing.payload(c.in.bytes()[c.followed:])
	c.followed += n
	return err == nil && c.framing.state == complete
}

// sentWhole reports whether the whole request has been written.
func (x *exchange) sentWhole() bool {
	s := x.sending
	return (s == nil || ended(s.done, true) && s.err == nil) && x.written
}

// ended reports whether done is closed, by a moment from now if it is worth that.
func ended(done <-chan struct{}, worth bool) bool {
	select {
	case <-done:
		return true
	default:
	}
	if !worth {
		return false
	}
	select {
	case <-done:
		return true
	case <-time.After(settleTime):
		return false
	}
}
