package load

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // its first bodyKept bytes
	From   string // the address it was asked of
	final  bool   // nothing more can be asked on this connection
}

// bodyKept is how much of an answer's body is kept, in bytes. All of it is read.
const bodyKept = 64 << 10

// conn is a connection with what was read from it ahead of need.
type conn struct {
	net.Conn          // what is spoken on: TLS, or the socket itself
	socket   net.Conn // below TLS
	to       string   // the address it leads to
	reader   *bufio.Reader
}

// exchange sends a request and reads the whole of its answer. Everything must be
// over by deadline.
func (c *conn) exchange(r Request, deadline time.Time) (Answer, error) {
	c.SetDeadline(deadline)
	_, unwritten := c.Write(r.wire)
	// Even if not all of the request was taken: a server may answer a body it does
	// not want to read, and close.
	response, err := c.readHead(r.method)
	switch {
	case err != nil && unwritten != nil:
		return Answer{}, unwritten
	case err != nil:
		return Answer{}, err
	}
	defer response.Body.Close()
	// With a Content-Length or in chunks, one cut short is io.ErrUnexpectedEOF.
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyKept))
	if err == nil {
		_, err = io.Copy(io.Discard, response.Body)
	}
	final := response.Close || unwritten != nil || err != nil
	return Answer{Status: response.StatusCode, Header: response.Header, Body: body, final: final}, err
}

// readHead reads the head of the answer, past those that only announce it, such
// as 103 Early Hints.
func (c *conn) readHead(method string) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
		if err != nil {
			return nil, unlessCut(c.reader, err)
		}
		if response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols {
			return response, nil
		}
	}
}

// unlessCut returns err, unless it blames the text of the answer and the reason is
// that the connection ended: a head cut in the middle of a line is malformed.
func unlessCut(reader *bufio.Reader, err error) error {
	if Classify(err) != Other {
		return err
	}
	if _, end := reader.Peek(1); errors.Is(end, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// quiet reports whether nothing has come on a connection between two requests,
// its end included. What comes there unasked ends it as well: a 408 that a
// balancer sends before it closes, TLS's close_notify.
func (c *conn) quiet() bool {
	socket, ok := c.socket.(syscall.Conn)
	if !ok || c.reader.Buffered() > 0 {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	var peeked error
	err = raw.Control(func(fd uintptr) {
		_, _, peeked = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	return err == nil && errors.Is(peeked, syscall.EAGAIN)
}
