package conns

// The states of connections that matter, include/net/tcp_states.h.
const (
	tcpEstablished = 1
	tcpFinWait1    = 4 // closed here; the FIN is not acknowledged yet
	tcpCloseWait   = 8 // closed by the peer, who may still be waiting for an answer
	tcpLastAck     = 9
	tcpClosing     = 11
)

// connection is an inbound TCP connection.
type connection struct {
	state  uint8
	unread uint32 // bytes received that the program has not read; a FIN is one of them
	unsent uint32 // bytes written that the peer has not acknowledged; a FIN is one of them
	info   tcpInfo
}

// verdict is whether somebody waits for something on a connection.
type verdict uint8

const (
	undecided verdict = iota // the kernel does not tell
	idle
	inFlight
	over // closed by the program, and everything delivered: none any more
)

// verdict decides by what the kernel knows of bytes, whatever the protocol, as
// if one side asks and the other answers. In flight is sure for HTTP/1; idle is
// not for a protocol that has several requests under way (HTTP/2), or pauses in
// the middle of an answer.
//
// The last byte received and the last one sent in the same tick of the kernel
// are a request with its answer, or an answer and the next request straight
// after it. Looking again does not help: both ages grow alike while the program
// works.
func (c connection) verdict() verdict {
	switch c.state {
	case tcpEstablished, tcpCloseWait:
		return c.open()
	case tcpFinWait1, tcpLastAck, tcpClosing:
		// The rest of an answer is on its way, and would be lost with the
		// network namespace, which goes with a container.
		if c.unsent > 1 {
			return inFlight
		}
	}
	return over
}

func (c connection) open() verdict {
	i, unread := c.info, c.unread
	if c.state == tcpCloseWait { // the FIN, which comes last, counts as a byte
		i.received = max(i.received, 1) - 1
		if unread == 1 {
			unread = 0
		}
	}
	switch {
	case unread > 0, c.unsent > 0, i.unacked > 0, i.notSent > 0:
		return inFlight
	case !i.known:
		return undecided
	case i.received == 0:
		return idle // nobody has asked for anything
	case i.sent == 0, i.sinceReceived < i.sinceSent:
		return inFlight
	case i.sinceReceived > i.sinceSent:
		return idle
	}
	return undecided
}
