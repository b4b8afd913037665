package front

import (
	"encoding/binary"
	"errors"
	"os"
	"time"
)

// downward passes the program's frames on to the client, and says what the front has to.
type downward struct {
	*relay
	flow
	answered int // of the streams in what is about to be written
	failed   int
}

func (w *downward) run() {
	w.judge = judge{w.frame, w.end, w.pause}
	for {
		say, over := w.look()
		if len(say) > 0 && w.conn.send(say) != nil || over {
			return
		}
		if !w.turn() || !w.paused && !w.wait() {
			return
		}
	}
}

// look returns what is to be said now, and whether the connection is over with that.
func (w *downward) look() (say []byte, over bool) {
	w.conn.mu.Lock()
	defer w.conn.mu.Unlock()
	if !w.between() {
		w.waitUntil(time.Time{})
		return nil, w.client.fault != noFault // in the middle of a frame nothing can be said
	}
	w.woken = false
	now := time.Now()
	var again time.Time
	due := w.streams.headDue(w.departs.hurried)
	late := !due.IsZero() && !now.Before(due)
	if late && w.program == speaks && w.client.fault == noFault {
		w.client.fault = tooManyOfAll
	}
	switch {
	case w.program != speaks:
		say, again, over = w.unheard(now)
	case w.client.fault != noFault:
		last := min(w.departs.last, w.streams.highest)
		if late { // the program cannot have served that one
			last = min(last, w.streams.half-1)
		}
		return appendGoAway(w.own.take(), last, w.client.fault, w.client.fault.Error()), true
	default:
		say = w.own.take()
		more, next, ends := w.departs.next(now, &w.streams)
		say, again = append(say, more...), next
		if again.IsZero() || !due.IsZero() && due.Before(again) {
			again = due
		}
		w.stay()
		if ends && w.streams.inFlight > 0 {
			w.leaveBehind()
		}
		over = ends || w.client.done && w.streams.inFlight == 0
	}
	w.waitUntil(again)
	return say, over
}

// leaveBehind counts the streams that leave with the connection. The caller holds conn.mu.
func (w *downward) leaveBehind() {
	n := w.streams.forgetAll()
	w.conn.front.inFlight.Add(int64(-n))
	w.conn.front.streams.Add(uint64(n))
	w.conn.front.left.Add(uint64(n))
}

// unheard is look's where the program has not shown that it speaks HTTP/2.
func (w *downward) unheard(now time.Time) (say []byte, again time.Time, over bool) {
	again = w.made.Add(headTime)
	if soon := w.departs.hurried.Add(firstTime); !w.departs.hurried.IsZero() && soon.Before(again) {
		again = soon
	}
	switch over = w.client.fault != noFault || !now.Before(again); {
	case !over || w.program == foreign:
	case w.client.fault != noFault:
		say = appendUnserved(nil, w.client.fault, w.client.fault.Error())
	default:
		say = w.unserved("it did not speak HTTP/2 in time")
	}
	return say, again, over
}

// unserved counts a connection that the program has not served, and says so.
func (w *downward) unserved(why string) []byte {
	w.conn.uncount()
	w.conn.front.streams.Add(1)
	w.conn.front.failed.Add(1)
	return appendUnserved(nil, noFault, "drainit's front got no answer from the program: "+why)
}

// take returns what is to be said to the client.
func (o *own) take() (say []byte) {
	say, o.toClient = o.toClient, nil
	if o.credit > 0 {
		say, o.credit = appendWindow(say, o.credit), 0
	}
	return say
}

// turn passes on what is here, and reports whether to go on.
func (w *downward) turn() bool {
	c, p := w.conn, w.to.in.bytes()
	c.mu.Lock()
	out, n, err := p, len(p), error(nil)
	if w.program != foreign {
		out, n, err = w.sift(p)
	}
	if err != nil { // the client will see for itself
		out, n = p, len(p)
	}
	strange := err != nil && w.program == speaks
	if err != nil && !strange {
		w.greet(foreign)
	}
	c.mu.Unlock()
	wrote := len(out) == 0 || c.send(out) == nil
	w.to.in.used(n)
	w.settle(wrote)
	return wrote && !strange
}

// settle counts the streams that what was written has answered.
func (w *downward) settle(wrote bool) {
	n, failed, f := w.answered, w.failed, w.conn.front
	if n == 0 {
		return
	}
	w.answered, w.failed = 0, 0
	f.inFlight.Add(int64(-n))
	if !wrote {
		f.requests[0].Add(uint64(n))
		return
	}
	f.streams.Add(uint64(n))
	f.failed.Add(uint64(failed))
	w.conn.mu.Lock()
	w.client.heard = time.Now()
	w.conn.mu.Unlock()
}

// wait waits for more, or until there is something to say, and reports whether the
// program may yet say something.
func (w *downward) wait() bool {
	err := w.to.more()
	switch {
	case err == nil:
		w.to.in.adapt()
	case !errors.Is(err, os.ErrDeadlineExceeded):
		w.last(err)
		return false
	}
	return true
}

// last passes on what is left of what the program said, which ends with it, and tells
// the client which of its streams the program cannot have seen.
func (w *downward) last(err error) {
	c := w.conn
	rest := w.to.in.bytes()
	if len(rest) > 0 && c.send(rest) != nil {
		return
	}
	var say []byte
	c.mu.Lock()
	blameless := c.closed || w.client.gone || w.client.done || w.client.fault != noFault
	switch {
	case blameless:
	case w.program == foreign || w.program == unknown && len(rest) > 0:
		c.uncount()
		c.front.streams.Add(1)
	case w.program == unknown:
		say = w.unserved((&unanswered{err}).Error())
	default:
		if w.between() && len(rest) == 0 && w.departs.last > w.streams.highest {
			say = appendGoAway(w.own.take(), w.streams.highest, noFault, "")
		}
		w.answered = w.streams.forgetAll()
		w.failed = w.answered
	}
	c.mu.Unlock()
	w.settle(true)
	if len(say) > 0 {
		c.sendLast(say)
	}
}

func (w *downward) pause() bool { return w.woken }

func (w *downward) end(stream uint32) {
	if w.streams.end(stream, ofProgram) {
		w.answered++
		w.woken = w.woken || !w.departs.asked.IsZero() || w.client.done
	}
}

// frame is a judge's. Every frame of the program's goes on.
func (w *downward) frame(f h2Frame) (goesOn bool, err error) {
	switch f.kind {
	case frameSettings:
		if w.program == unknown {
			w.greet(speaks)
			w.conn.uncount()
			w.woken = w.woken || !w.departs.asked.IsZero()
		}
	case frameHeaders:
		w.streams.answer(f.stream, time.Now())
	case framePush:
		w.relay.begin(f.promised(), ofClient)
	case frameReset:
		if w.streams.reset(f.stream) {
			w.answered++
			if f.code() != noFault {
				w.failed++
			}
		}
	case frameGoAway:
		// The last stream may be said again, but not a higher one.
		w.departs.last = min(w.departs.last, binary.BigEndian.Uint32(f.payload)&most31)
		binary.BigEndian.PutUint32(f.payload, w.departs.last)
		n := w.streams.forgetAbove(w.departs.last)
		w.answered, w.failed = w.answered+n, w.failed+n
	}
	return true, nil
}
