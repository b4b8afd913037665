package front

import (
	"errors"
	"log/slog"
	"os"
	"runtime/debug"
	"syscall"
	"time"
)

// fate is how a connection goes on.
type fate uint8

const (
	wait   fate = iota // for a request, or more of one
	upload             // a request is here but for its body, or the end of that
	pipe               // as a tunnel
	http2              // with frames
	rest               // without a goroutine, until something comes
	over
)

var past = time.Unix(1, 0)

// serve answers one request after another, until the connection ends or rests.
func (c *conn) serve() {
	rests := false
	defer func() {
		if !rests {
			c.finish(recover())
		}
	}()
	for c.fate = wait; c.fate == wait; {
		if c.await(); c.fate == upload {
			c.fate = c.exchange()
		}
		switch c.fate {
		case pipe:
			c.tunnel()
			c.fate = over
		case http2:
			c.frames()
			c.fate = over
		case rest:
			rests = c.rest() // and is another goroutine's from then on
			return
		}
	}
}

// finish closes the connection. A panic costs it and no other.
func (c *conn) finish(panicked any) {
	if panicked != nil && c.front.cfg.Log != nil {
		log := slog.NewLogLogger(c.front.cfg.Log.Handler(), slog.LevelDebug)
		log.Printf("a client's connection ended by a panic: %v\n%s", panicked, debug.Stack())
	}
	c.mu.Lock()
	mine := !c.over // and not of a goroutine that sends a body
	c.mu.Unlock()
	if mine {
		ahead := c.in.length() > c.followed || c.unread()
		c.in.giveBack()
		c.mu.Lock()
		c.ahead = ahead
		c.mu.Unlock()
	}
	c.Close()
}

// await takes what is here already, and then waits for more. Requests that come whole
// are answered, until the wait is over or something is left to do.
func (c *conn) await() {
	if c.fate = c.step(); c.fate != wait {
		return
	}
	if c.lastChance() {
		c.readLast()
		return
	}
	var err error
	if c.raw != nil {
		err = c.raw.Read(c.reading)
	} else if err = c.readPlain(); err == nil {
		c.fate = c.step()
	}
	if err != nil && c.fate == wait && (!errors.Is(err, os.ErrDeadlineExceeded) || !c.notYet()) {
		c.fate = over
	}
}

// readRequests reads and answers for as long as something is there. A read that left
// room in the buffer has emptied the socket, so none is made that finds nothing: what
// has come since the wait was prepared ends it at once. The end alone may have come
// together with what was read, of which the watcher tells.
func (c *conn) readRequests(fd uintptr) bool {
	c.fd = int(fd)
	defer func() { c.fd = none }()
	for {
		all, err := c.fill(fd)
		if err == syscall.EAGAIN {
			return false
		}
		if err != nil {
			c.fate = over
			return true
		}
		if c.fate = c.step(); c.fate != wait {
			return true
		}
		if c.lastChance() {
			return true
		}
		if all && c.id != 0 && !c.ended {
			return false
		}
	}
}

// step takes the request at hand further, and answers those that are here whole.
func (c *conn) step() fate {
	for c.in.length() > c.followed {
		p := c.in.bytes()[c.followed:]
		switch is, held := c.prefaced(); {
		case is:
			return http2
		case held && c.followed == prefaceLine:
			return wait
		case held:
			p = p[:prefaceLine-c.followed]
		}
		n, whole, err := c.framing.heading(p)
		c.followed += n
		if err != nil {
			return c.refuse(err)
		}
		if !whole && !c.framing.begun() {
			c.in.used(c.followed)
			c.followed = 0
			c.notBegun()
			continue
		}
		if c.begin(whole); !whole {
			break
		}
		if f := c.body(); f != wait {
			return f
		}
	}
	return wait
}

// body looks how much of the body is here, and answers where that is all.
func (c *conn) body() fate {
	c.headEnd, c.bodySize = c.followed, 0
	if c.framing.head.expects && c.framing.state != complete {
		return upload
	}
	data, n, err := c.framing.payload(c.in.bytes()[c.followed:])
	c.followed += n
	if err != nil {
		return c.refuse(err)
	}
	c.bodySize = len(data)
	if c.framing.state != complete {
		return upload
	}
	return c.exchange()
}

// lastChance reports whether the connection leaves and no request has begun, and sets
// the read deadline where it does not. That may be too early, which notYet finds, so
// that it need not be set for each request.
func (c *conn) lastChance() bool {
	begun := c.framing.begun()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = c.done
	if c.leaving && !begun {
		return true
	}
	due := c.due(begun)
	if rests := c.awake.Add(c.front.rest); c.id != 0 && !begun && rests.Before(due) {
		due = rests
	}
	if c.limit.IsZero() || due.Before(c.limit) {
		c.limit = due
		c.Conn.SetReadDeadline(due)
	}
	return false
}

// noLimit has reads wait for as long as it takes.
func (c *conn) noLimit() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limit = time.Time{}
	c.Conn.SetReadDeadline(c.limit)
}

// due is when a wait ends. The caller holds c.mu.
func (c *conn) due(begun bool) time.Time {
	if begun || !c.served {
		return c.since.Add(headTime)
	}
	return c.since.Add(idleTime)
}

// notYet reports, after the read deadline, whether to go on: it was too early, or no
// request has begun and one may be there.
func (c *conn) notYet() bool {
	begun, now := c.framing.begun(), time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	late := !now.Before(c.due(begun))
	c.limit = time.Time{}
	switch {
	case late && begun:
		return false
	case late:
		c.leaving = true
	case !begun && !c.leaving && c.id != 0 && now.Sub(c.awake) >= c.front.rest:
		c.fate = rest
	}
	return true
}

// readLast takes what has arrived, without waiting: a client that asked in the last
// moment is answered. If nothing has, the connection ends.
func (c *conn) readLast() {
	c.fate = over
	if c.raw == nil {
		return
	}
	now := time.Now()
	c.mu.Lock()
	c.limit, c.since = now.Add(headTime), now
	c.Conn.SetReadDeadline(c.limit)
	c.mu.Unlock()
	c.raw.Read(func(fd uintptr) bool {
		if _, err := c.fill(fd); err == nil {
			c.fate = wait
		}
		return true
	})
}
