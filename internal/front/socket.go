package front

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// lateTime is how long a guest whose turn it is waits for a moment at which nothing of a
// next message, or event, is here.
const lateTime = 100 * time.Millisecond

// A socket is a tunnel that is a WebSocket. It passes everything on, and follows the
// frames, so that it can leave between two messages. Then it says to the client that it
// goes away, and passes on what the client still says until that has answered with a
// close frame of its own. That is the program's word, too: what the program sees is a
// client that leaves, which every server knows, and it has all that the client said.
type socket struct {
	conn    *conn
	program *upstream
	guest   guest

	down frames // from the program
	up   frames // from the client

	mu       sync.Mutex
	said     bool // it has sent a close frame
	answered bool // the client has sent one, or has ended its connection
}

// serve passes on until both directions have ended, or one fails.
func (w *socket) serve() {
	c := w.conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if w.toProgram() != nil {
			c.Close()
		}
	}()
	if w.toClient() != nil {
		c.Close()
	}
	<-ended
	w.program.Conn.Close()
}

// toClient passes on what the program says, until it is time to leave. Where one side has
// said so itself, by then, the program has closeTime to end its connection.
func (w *socket) toClient() error {
	c, u := w.conn, w.program
	var limit time.Time
	for {
		p := u.in.bytes()
		end := w.down.follow(p)
		n, leaves := w.stops(len(p), end)
		if n > 0 {
			if _, err := c.Conn.Write(p[:n]); err != nil {
				return err
			}
		}
		u.in.empty()
		if leaves && w.sayClose() {
			return w.goodbye()
		}
		if leaves && limit.IsZero() {
			limit = time.Now().Add(closeTime)
			u.Conn.SetReadDeadline(limit)
		}
		err := u.more()
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !limit.IsZero() {
				c.goesAway()
				return err
			}
			w.guest.goOn()
		default:
			return w.programEnded(err)
		}
	}
}

// stops decides how much of what is here is passed on, and whether that was all.
func (w *socket) stops(here, end int) (n int, leaves bool) {
	ago, told := w.guest.isTold()
	switch late := ago > lateTime; {
	case !told:
	case w.down.closed:
		return here, w.down.betweenFrames()
	case w.down.betweenMessages():
		return here, late || !w.program.unread()
	case late && end > 0:
		return end, true
	}
	return here, false
}

// toProgram passes on what the client says.
func (w *socket) toProgram() error {
	c, u := w.conn, w.program
	gone := false
	for {
		p := c.in.bytes()
		w.up.follow(p)
		if len(p) > 0 && !gone {
			if _, err := u.Conn.Write(p); err != nil {
				if gone = w.leaves(); !gone {
					return err
				}
			}
		}
		c.in.empty()
		if w.up.closed && w.up.betweenFrames() && w.answer() {
			return w.end()
		}
		err := c.more()
		switch {
		case err == nil:
		case w.answer(): // it has gone, that is
			return w.end()
		case err == io.EOF:
			return closeWrite(u.Conn)
		default:
			return err
		}
	}
}
