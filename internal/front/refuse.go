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

// refusal is what Read returns when the client's bytes are refused. In the body of
// a request that is the reason, and the answer, if it can still be given, is the
// handler's matter. Elsewhere nobody has seen the request: it is answered here, and
// to net/http the connection has ended.
func (c *conn) refusal() error {
	c.mu.Lock()
	err, answering := c.refused, c.running != nil
	c.mu.Unlock()
	if answering {
		return err
	}
	c.front.refuse(err)
	status := "400 Bad Request"
	if err == tooLarge || err == tooMany {
		status = "431 Request Header Fields Too Large"
	}
	text := refusedText(err)
	c.Conn.SetWriteDeadline(time.Now().Add(lingerTime))
	fmt.Fprintf(c.Conn, "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"+
		"Connection: close\r\n\r\n%s", status, len(text), text)
	c.finish()
	return io.EOF
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
