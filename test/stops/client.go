package main

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// An answer is what became of a request, as the client saw it.
type answer string

const (
	served   answer = "served"    // whole
	refused  answer = "refused"   // no connection
	reset    answer = "reset"     // a connection, and then an end without an answer, or in the middle of one
	rejected answer = "rejected"  // an answer that says no
	late     answer = "no answer" // none within patience
)

// patience is how long a client waits for what it was not told to wait for.
const patience = 6 * time.Second

// A client asks a server in the way its own clients do.
type client interface {
	// ask makes one request on a connection of its own, which takes the server so many seconds.
	ask(c *children, seconds int) answer

	// keep opens a connection that has been answered once, and leaves it open.
	keep(c *children) (io.Closer, error)
}

// dial is refused, or a connection on which nothing lasts longer than a request and patience.
func dial(network, address string, seconds int) (net.Conn, answer) {
	conn, err := net.DialTimeout(network, address, patience)
	switch {
	case err == nil:
		_ = conn.SetDeadline(time.Now().Add(time.Duration(seconds)*time.Second + patience))
		return conn, ""
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return nil, refused
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, late
	}
	return nil, reset
}

// failed is what an error means in the middle of a request.
func failed(err error) answer {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return late
	}
	return reset
}
