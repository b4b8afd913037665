// Package front is the plain reverse proxy of --front, for HTTP/1.1 and HTTP/2 without
// TLS: it serves the port that clients know, passes each request on to the program on
// another one, and so knows exactly what is in flight when the platform asks for a stop.
//
// It decides how a request is passed on and which are refused. When to drain, to
// close and to cut is told from outside. It balances nothing, repeats nothing and
// rewrites nothing, and never ends the process it runs in.
package front

import (
	"log/slog"
	"net"
	"time"
)

// A Route is a listener and the program's address behind it.
type Route struct {
	// Listener is the Front's from New on. On one for multipath TCP, which Go makes
	// unless told otherwise (net.ListenConfig), Close may lose connections that are
	// being made: the kernel takes no filter for it.
	Listener net.Listener
	Target   Target
}

// Config is what a Front needs. Only Routes is required.
type Config struct {
	Routes []Route

	// AppendForwarded appends the client's address to X-Forwarded-For. Without
	// it the header goes through as it came.
	AppendForwarded bool

	// WaitTarget bounds how long requests wait for a program that does not
	// listen yet, counted from Serve. Once a target has answered it is never
	// waited for again.
	WaitTarget time.Duration

	// LeaveStreams has connections of HTTP/2 leave in their turn whose answers have gone
	// on for a minute: one that would have ended cannot be told from one that does not.
	LeaveStreams bool

	// Log gets what an operator may want to know, none of it for each request
	// above debug. Nil: nothing is said.
	Log *slog.Logger
}

// Stats are what a Front has done and has open. A request is in flight from its
// first byte until its answer has been written whole.
type Stats struct {
	Connections int // of clients, open now, those in Upgraded included
	InFlight    int // requests, those that became a tunnel not included
	Upgraded    int // connections that are a tunnel now (WebSocket)

	Accepted uint64 // connections ever

	// Requests counts the finished ones by the class of their status: [1] for
	// 101, counted when the tunnel begins, [2] to [5] for 2xx to 5xx, and [0]
	// for those that got no status since the client went, or was cut.
	Requests [6]uint64

	// Streams counts the finished requests of HTTP/2 that got an answer, of which the
	// status is not read. Those without one are in Requests[0].
	Streams uint64

	Refused uint64 // requests refused with 400, 417 or 431 for their form; in no class
	Failed  uint64 // not answered to the end by the program: with a 502, or with an answer that it broke off
	Cut     uint64 // requests and tunnels that Cut ended, and WebSockets that the program ended within a message after Leave
	Left    uint64 // WebSockets, streams of events and of HTTP/2 that left in their turn
}
