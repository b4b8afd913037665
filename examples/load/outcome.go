package load

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
)

// Outcome is how a request ended, as its client saw it.
type Outcome int

const (
	// Answered is a whole answer with a status of 200 to 399.
	Answered Outcome = iota
	// Refused is a connection that nobody took: nobody listens on the port.
	Refused
	// Reset is a connection taken and then thrown away: it stood in the queue of
	// a listener that was closed, or its process died with bytes unread.
	Reset
	// Cut is a connection closed before the answer was whole, or before it began:
	// the process that had read the request is gone. An answer of HTTP/1.0 without
	// a length ends where its connection does, and cannot be seen to be cut.
	Cut
	// TimedOut is an answer that did not come in time.
	TimedOut
	// Unreachable is an address to which there is no way: its host is gone.
	Unreachable
	// ServerError is a status of 500 to 599, a balancer's without a backend too.
	ServerError
	// ClientError is a status of 400 to 499.
	ClientError
	// Other is anything else: a name that is not found, an answer that is not
	// HTTP, a certificate that is not believed, no descriptors left.
	Other
)

// Losses are the ways to lose a request, in the order in which they are shown.
var Losses = [...]Outcome{Refused, Reset, Cut, TimedOut, Unreachable, ServerError, ClientError, Other}

// String gives the name used wherever outcomes are shown.
func (o Outcome) String() string {
	return [...]string{"answered", "refused", "reset", "cut", "timeout", "unreachable", "5xx", "4xx", "other"}[o]
}

// StatusError is a status that is no answer.
type StatusError int

func (s StatusError) Error() string { return fmt.Sprintf("status %d", int(s)) }

// Classify names the outcome of a request that ended with err.
func Classify(err error) Outcome {
	var (
		network net.Error
		status  StatusError
	)
	switch {
	case err == nil:
		return Answered
	case errors.As(err, &status):
		return status.outcome()
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		// EPIPE is a write after the reset was received.
		return Reset
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Unreachable
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Cut
	case errors.As(err, &network) && network.Timeout():
		return TimedOut
	default:
		return Other
	}
}

func (s StatusError) outcome() Outcome {
	switch s / 100 {
	case 4:
		return ClientError
	case 5:
		return ServerError
	default:
		return Other
	}
}
