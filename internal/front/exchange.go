package front

import (
	"context"
	"errors"
	"sync"
	"syscall"
)

// An exchange is one request and its answer. The request is written once, and never
// again.
type exchange struct {
	conn *conn

	toHEAD   bool
	http10   bool
	keeps    bool   // the client keeps the connection
	upgrade  string // what it offers to change to
	events   bool   // it asks for a stream of events
	headSize int    // bytes of the head

	status  int      // said to the client; 0 if none was
	refused bool     // for its body, and counted
	last    bool     // the connection leaves after the answer
	kept    bool     // the answer did not say that it closes
	left    bool     // the answer was ended in its turn
	asked   bool     // the request was written, as far as it was here
	stale   bool     // the connection to the program had ended before
	failed  error    // of ask
	sending *sending // nil: no more of the body is to come

	informing sync.Mutex // who writes what comes before the answer
	continued bool       // 100 was said
	answered  bool       // it is too late for that

	// conn.mu guards what follows.
	up      *upstream
	cancel  context.CancelFunc // of the making of one
	aborted bool               // the client has gone, or was cut
	written bool               // up has the request, whole
	ended   bool               // up was told that the client sends no more
}

// exchange answers the request at hand.
func (c *conn) exchange() fate {
	if !c.run() {
		return over
	}
	x := &c.x
	err := x.pass()
	if err == nil && x.up != nil && c.phase == tunnel {
		return pipe
	}
	if err != nil {
		err = x.fail(err)
	}
	settled := x.settled()
	if !x.refused {
		c.front.count(x.status)
	}
	if err == nil && settled && x.kept {
		c.in.used(c.followed)
		c.followed = 0
		c.framing.restart()
		c.idle()
		return wait
	}
	c.mu.Lock()
	c.uncount()
	c.running = nil
	c.over = c.over || !settled || x.left
	c.reset = c.reset || err != nil && x.http10
	c.mu.Unlock()
	return over
}

// pass passes the request on and its answer back. With an error, and as long as no status
// was said, nothing of an answer has been written.
func (x *exchange) pass() error {
	u, err := x.send()
	if u == nil {
		return err
	}
	if err == nil {
		err = x.readHead(u)
	}
	x.noMore()
	switch {
	case err != nil:
	case u.framing.head.status == 101:
		if err = x.change(u); err == nil {
			return nil
		}
	default:
		err = x.answer(u)
	}
	if err != nil || x.left || !x.sentWhole() || u.in.length() > u.followed {
		x.drop(u, err)
		return err
	}
	u.in.empty()
	x.conn.keep(u)
	return nil
}

// drop ends a connection to the program. One that failed is aborted.
func (x *exchange) drop(u *upstream, err error) {
	c := x.conn
	c.mu.Lock()
	x.up = nil
	c.mu.Unlock()
	if err != nil {
		u.abort()
	}
	u.discard()
}

// send writes the request, or what is here of it, on a connection that still stands, and
// reads what comes first.
func (x *exchange) send() (*upstream, error) {
	for {
		u, err := x.conn.upstream()
		if err != nil {
			return nil, &unreachable{err}
		}
		u.expect(x.toHEAD)
		if u.raw != nil {
			if err = u.raw.Read(x.conn.asking); err == nil {
				err = x.failed
			}
		} else {
			x.write(none)
			err = u.readPlain()
		}
		if x.stale {
			x.stale = false
			x.drop(u, nil)
			continue
		}
		if err != nil {
			return u, u.why(err)
		}
		return u, nil
	}
}

// ask is send's, for raw.Read. That nothing is there to be read is looked at after the
// wait was prepared, so that a read is made only when something has come.
func (c *conn) ask(fd uintptr) bool {
	x := &c.x
	u := x.up
	if !x.asked {
		_, err := peek(fd)
		nothing := err == syscall.EAGAIN
		if x.stale = u.used && !nothing; x.stale {
			return true
		}
		if x.write(int(fd)); nothing {
			return false
		}
	}
	_, x.failed = u.fill(fd)
	return x.failed != syscall.EAGAIN
}

// fail answers in the program's place, or returns the error where nobody can be told.
func (x *exchange) fail(err error) error {
	c := x.conn
	c.mu.Lock()
	refused, aborted := c.refused, x.aborted
	c.mu.Unlock()
	var none *unanswered
	blameless := aborted || isClientError(err) || x.gone() && (x.status > 0 || errors.As(err, &none))
	switch {
	case x.status == 0 && refused != nil:
		x.refused = true
		c.front.refuse(refused)
		return x.say(400, refusedText(refused))
	case blameless || refused != nil:
		return err
	}
	c.front.failed.Add(1)
	if x.status > 0 {
		return err
	}
	return x.say(502, "drainit's front got no answer: "+err.Error()+"\n")
}
