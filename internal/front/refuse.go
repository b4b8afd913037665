package front

import (
	"fmt"
	"io"
	"net"
	"time"
)

// lingerTime is how long a client has to read why its request was refused. Closing
// a socket with unread bytes resets the connection, and takes the answer with it.
const lingerTime = 500 * time.Millisecond

// refuse answers a request that is not passed on. Nothing more is read.
func (c *conn) refuse(why error) fate {
	c.front.refuse(why)
	c.mu.Lock()
	c.refused, c.over = why, true
	c.mu.Unlock()
	code := 400
	switch why {
	case tooLarge, tooMany:
		code = 431
	case cannotExpect:
		code = 417
	}
	text := refusedText(why)
	c.Conn.SetWriteDeadline(time.Now().Add(lingerTime))
	fmt.Fprintf(c.Conn, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"+
		"Connection: close\r\n\r\n%s", code, reasons[code], len(text), text)
	return over
}

// refuse counts a refused request.
func (f *Front) refuse(why error) {
	if f.refused.Add(1); f.cfg.Log != nil {
		f.cfg.Log.Debug("request refused", "reason", why.Error())
	}
}

// linger closes a connection on which the client may still be sending.
func linger(c net.Conn) {
	closeWrite(c)
	c.SetReadDeadline(time.Now().Add(lingerTime))
	io.CopyN(io.Discard, struct{ io.Reader }{c}, 1<<20)
	c.Close()
}

func refusedText(err error) string {
	return fmt.Sprintf("drainit's front refused the request: %v\n", err)
}
