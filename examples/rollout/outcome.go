package main

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// outcome is how a request ended, as its client saw it.
type outcome int

const (
	// answered is a whole 200.
	answered outcome = iota
	// refused is a connection that nobody took: nobody listens on the port.
	refused
	// reset is a connection taken and then thrown away: it stood in the queue of
	// a listener that was closed, or its process died with bytes unread.
	reset
	// cut is a connection closed before the answer was whole, or before it began:
	// the process that had read the request is gone.
	cut
	// timedOut is an answer that did not come in time.
	timedOut
	// other is anything else: a status that is not 200, a table without a
	// backend. A sound run has none.
	other
)

// lostOutcomes are the ways to lose a request, in the order of the table.
var lostOutcomes = [...]outcome{refused, reset, cut, timedOut, other}

// String gives the name used in the timeline and the table.
func (o outcome) String() string {
	return [...]string{"answered", "refused", "reset", "cut", "timeout", "other"}[o]
}

// classify names the outcome of a request that ended with err.
func classify(err error) outcome {
	var network net.Error
	switch {
	case err == nil:
		return answered
	case errors.Is(err, syscall.ECONNREFUSED):
		return refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		// EPIPE is a write after the reset was received.
		return reset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return cut
	case errors.As(err, &network) && network.Timeout():
		return timedOut
	default:
		return other
	}
}
