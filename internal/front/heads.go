package front

import (
	"errors"
	"io"
	"syscall"
)

// readHead reads heads until one is final, and passes the others on.
func (x *exchange) readHead(u *upstream) error {
	for {
		n, done, err := u.framing.heading(u.in.bytes()[u.followed:])
		u.followed += n
		u.came = true
		if err != nil {
			return malformed(err.Error())
		}
		status := u.framing.head.status
		if done && (status >= 200 || status == 101) {
			return nil
		}
		if done {
			if err := x.inform(u, status); err != nil {
				return err
			}
			u.in.used(u.followed)
			u.followed = 0
		}
		if u.in.length() > u.followed {
			continue
		}
		if err := u.more(); err != nil {
			return u.why(err)
		}
	}
}

// inform passes on what comes before the answer.
func (x *exchange) inform(u *upstream, status int) (err error) {
	if !x.http10 {
		head := u.framing.head.appendAnswer(nil, u.lastHead(), answerForm{})
		x.informing.Lock()
		x.continued = x.continued || status == 100
		err = x.conn.send(head)
		x.informing.Unlock()
		if err != nil {
			err = &clientError{err}
		}
	}
	if s := x.sending; s != nil && status == 100 {
		s.askNow()
	}
	return err
}

// noMore says that the answer is there, or that there is none.
func (x *exchange) noMore() {
	x.informing.Lock()
	x.answered = true
	x.informing.Unlock()
	if s := x.sending; s != nil {
		close(s.skip)
	}
}

// lastHead is the head that ended last.
func (u *upstream) lastHead() []byte {
	return u.in.bytes()[u.followed-u.framing.headSize() : u.followed]
}

// why says what the want of an answer means.
func (u *upstream) why(err error) error {
	if u.came && !isEnd(err) {
		return malformed(err.Error())
	}
	return &unanswered{err}
}

// isEnd reports whether the program ended the connection, one way or the other.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
}
