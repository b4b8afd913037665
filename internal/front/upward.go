package front

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"
)

// upward passes the client's frames on to the program.
type upward struct {
	*relay
	flow
	one bool // stop after the frame at hand
}

func (w *upward) run() {
	w.judge = judge{w.frame, w.end, w.pause}
	if !w.hello() {
		return
	}
	for w.turn() && (w.paused || w.wait()) {
	}
}

// hello says the preface, waits for the program's first frame and reports whether it
// speaks HTTP/2.
func (w *upward) hello() bool {
	if w.to.send([]byte(preface)) != nil {
		return false
	}
	t := time.NewTimer(helloTime)
	defer t.Stop()
	select {
	case <-w.greeted:
	case <-t.C:
		if !w.settings() {
			return false
		}
		<-w.greeted
	}
	w.conn.mu.Lock()
	defer w.conn.mu.Unlock()
	return w.program == speaks
}

// settings passes on the client's first frame, unless there is in it what a server of
// HTTP/1 could read. It reports whether there is a client.
func (w *upward) settings() bool {
	w.one = true
	defer func() { w.one = false }()
	for !w.begun {
		if f, ok := readH2Frame(w.conn.in.bytes()); ok && f.kind == frameSettings && !f.unreadable() {
			return true
		}
		if !w.turn() || !w.begun && !w.wait() {
			return false
		}
	}
	return true
}

// turn passes on what is here, and reports whether to go on.
func (w *upward) turn() bool {
	c := w.conn
	c.mu.Lock()
	out, n, err := w.sift(c.in.bytes())
	if w.streams.half != 0 && w.streams.halfSince.IsZero() {
		w.streams.halfSince = time.Now()
		w.relay.wake()
	}
	own := w.own.toProgram
	w.own.toProgram = nil
	if err != nil {
		w.client.fault = badProtocol
		errors.As(err, &w.client.fault)
		w.relay.wake()
	}
	c.mu.Unlock()
	for _, p := range [...][]byte{out, own} {
		if len(p) > 0 && w.to.send(p) != nil {
			return false // the program has closed the connection, which is seen where it is read
		}
	}
	c.in.used(n)
	return err == nil
}

// wait waits for more, and reports whether it has come.
func (w *upward) wait() bool {
	c := w.conn
	for {
		err := c.more()
		switch {
		case err == nil:
			c.in.adapt()
			c.mu.Lock()
			w.client.heard = time.Now()
			c.mu.Unlock()
			return true
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !w.patient() {
				return false
			}
			continue
		case err == io.EOF:
			c.mu.Lock()
			w.client.done = true // before the program can end for it
			c.mu.Unlock()
			if !w.begun || w.to.send(c.in.bytes()) == nil {
				closeWrite(w.to.Conn)
			}
		}
		c.mu.Lock()
		w.client.done, w.client.gone = true, w.client.gone || err != io.EOF
		gone := w.client.gone
		w.relay.wake()
		c.mu.Unlock()
		if gone {
			w.to.abort()
		}
		return false
	}
}

// patient reports, after the read deadline, whether to wait on. A connection that has
// been silent for long is told to leave.
func (w *upward) patient() bool {
	c, now := w.conn, time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.over {
		return false
	}
	due := w.client.heard.Add(idleTime)
	if w.streams.inFlight > 0 || !now.Before(due) {
		if w.streams.inFlight == 0 {
			w.leave()
		}
		due = now.Add(idleTime)
	}
	c.limit = due
	c.Conn.SetReadDeadline(due)
	return true
}

func (w *upward) pause() bool {
	w.streams.half, w.streams.halfSince = 0, time.Time{}
	return w.one || len(w.own.toProgram) > 0
}

func (w *upward) end(stream uint32) {
	w.streams.end(stream, ofClient)
	w.changed()
}

// changed has it looked whether the connection is over, if it is to be.
func (w *upward) changed() {
	if !w.departs.asked.IsZero() {
		w.relay.wake()
	}
}

// frame is a judge's.
func (w *upward) frame(f h2Frame) (goesOn bool, err error) {
	if w.departs.refuses(f.stream) {
		return false, w.refuse(f)
	}
	switch f.kind {
	case frameHeaders:
		return w.headers(f)
	case framePush:
		return false, badProtocol
	case frameReset:
		if w.streams.reset(f.stream) {
			w.conn.front.inFlight.Add(-1)
			w.conn.front.count(0)
		}
		w.changed()
	case framePing:
		if f.has(flagAck) && string(f.payload) == string(w.departs.ping[:]) && !w.departs.told.IsZero() {
			if w.departs.acked.IsZero() {
				w.departs.acked = time.Now()
			}
			w.relay.wake()
			return false, nil
		}
	}
	return true, nil
}

// headers takes the beginning of a request, or its trailers.
func (w *upward) headers(f h2Frame) (goesOn bool, err error) {
	switch {
	case f.stream%2 == 0:
		return false, badProtocol
	case f.stream > w.streams.highest:
		if len(w.streams.open) >= mostStreams {
			return false, tooManyOfAll
		}
		w.streams.highest, w.streams.half = f.stream, f.stream
		if f.stream <= w.departs.last { // or else the program takes it no more, as it has said
			w.relay.begin(f.stream, 0)
		}
		if front := w.conn.front; w.departs.asked.IsZero() && front.draining.Load() {
			w.leave()
		}
	case w.own.torn:
		// Trailers which the program could not read: its decoder has missed a header
		// block, and would go astray.
		if w.streams.reset(f.stream) {
			w.conn.front.inFlight.Add(-1)
			w.conn.front.count(0)
		}
		w.own.toProgram = appendReset(w.own.toProgram, f.stream, cancelled)
		w.own.toClient = appendReset(w.own.toClient, f.stream, internal)
		w.relay.wake()
		return false, nil
	}
	return true, nil
}

// refuse keeps from the program what is of a stream that comes too late. The client was
// told so with the number of the last one, may repeat it, and is told once more. Header
// blocks are in terms of those before them, so after one that is kept back the program
// could read no other, and gets none: new streams are refused all the same, and what is
// left are trailers.
func (w *upward) refuse(f h2Frame) error {
	switch f.kind {
	case frameData:
		w.own.credit += f.length
	case frameHeaders:
		w.own.torn = true
		if f.stream <= w.streams.highest {
			return nil // trailers
		}
		w.streams.highest = f.stream
		w.own.toClient = appendReset(w.own.toClient, f.stream, refusedStream)
	default:
		return nil
	}
	if len(w.own.toClient) > mostOwn {
		return tooManyOfAll
	}
	w.relay.wake()
	return nil
}

// code is the error code of a RST_STREAM.
func (f h2Frame) code() fault { return fault(binary.BigEndian.Uint32(f.payload)) }
