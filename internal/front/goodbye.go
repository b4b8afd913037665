package front

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"time"
)

// closeTime is how long a client has to answer a close frame, and the program then to end
// its connection.
const closeTime = 5 * time.Second

// goingAway is the status of a server that goes down (RFC 6455, section 7.4.1).
const goingAway = 1001

// sayClose says to the client that it goes away, unless one side has said so first, as
// the other knows then. It reports whether it did. An answer waits until it has.
func (w *socket) sayClose() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answered || w.down.closed {
		return false
	}
	w.said = true
	c := w.conn
	c.goesAway()
	w.guest.goOn()
	now := time.Now()
	w.program.Conn.SetWriteDeadline(now.Add(2 * closeTime))
	c.Conn.SetDeadline(now.Add(closeTime))
	switch _, err := c.Conn.Write(closeFrame(goingAway)); {
	case err == nil:
		c.front.left.Add(1)
	case errors.Is(err, os.ErrDeadlineExceeded): // it does not read
		c.front.cut.Add(1)
	}
	return true
}

// goodbye waits for the program to end its connection. What it says reaches nobody.
func (w *socket) goodbye() error {
	u := w.program
	for u.more() == nil {
		u.in.empty()
	}
	return nil
}

// programEnded passes on that the program has ended, which ends a WebSocket, whatever the
// client still says. If others leave, so does this one.
func (w *socket) programEnded(err error) error {
	c := w.conn
	if errors.Is(err, net.ErrClosed) {
		return err
	}
	if w.leaves() {
		if w.down.betweenMessages() && w.sayClose() {
			return nil
		}
		if !w.down.closed {
			w.cut()
		}
		c.goesAway()
	}
	if err == io.EOF {
		c.Conn.SetReadDeadline(time.Now().Add(closeTime))
		return closeWrite(c.Conn)
	}
	return err
}

// leaves reports whether clients are being told to leave.
func (w *socket) leaves() bool { return w.conn.front.turns.isBegun() }

// cut notes that the program has ended within a message, and the client cannot be told.
func (w *socket) cut() {
	w.mu.Lock()
	answered := w.answered
	w.mu.Unlock()
	if !answered {
		w.conn.front.cut.Add(1)
	}
}

// answer notes that the client has sent a close frame, or has ended its connection, and
// reports whether that was the answer to this side's.
func (w *socket) answer() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answered = true
	return w.said
}

// end ends what the client says. In its place the program is told that it goes, or that
// it has gone, where it went within a frame.
func (w *socket) end() error {
	u := w.program
	switch {
	case w.up.closed && w.up.betweenFrames():
	case w.up.betweenFrames():
		u.Conn.Write(maskedCloseFrame(goingAway))
	default:
		closeWrite(u.Conn)
	}
	closeWrite(w.conn.Conn)
	u.Conn.SetReadDeadline(time.Now().Add(closeTime))
	return nil
}

// goesAway notes that a tunnel is counted, and over, whatever the client still sends.
func (c *conn) goesAway() {
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
}

// closeFrame is a server's.
func closeFrame(status uint16) []byte {
	return binary.BigEndian.AppendUint16([]byte{finalBit | closeCode, 2}, status)
}

// maskedCloseFrame is a client's (RFC 6455, section 5.3).
func maskedCloseFrame(status uint16) []byte {
	key := binary.BigEndian.AppendUint32(nil, rand.Uint32())
	frame := append([]byte{finalBit | closeCode, maskBit | 2}, key...)
	return binary.BigEndian.AppendUint16(frame, status^binary.BigEndian.Uint16(key))
}
