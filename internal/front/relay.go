package front

import (
	"encoding/binary"
	"time"
)

const (
	// helloTime is how long the program has for its first frame before it gets the
	// client's, which some wait for.
	helloTime = time.Second

	// mostOwn bounds what the front has to say to a client that does not read.
	mostOwn = 64 << 10
)

// A relay is a connection of HTTP/2. What either side says goes on byte for byte, so
// what they agree on (how heads are compressed, windows, settings) stays theirs. One
// goroutine reads from the client and alone writes to the program, another one the
// reverse. What the front has to say itself stands between two frames.
//
// Nothing but the preface goes to the program before it has shown by its first frame
// that it speaks HTTP/2. What else it says goes back as it is.
type relay struct {
	conn    *conn
	to      *upstream
	greeted chan struct{} // closed when the program has spoken, or has gone
	made    time.Time

	// conn.mu guards the rest.
	program hearing
	streams streams
	departs departure
	own     own
	client  client
	limit   time.Time // the read deadline of the program's connection; zero: none
	woken   bool      // there is something to say, or the connection is over
	over    bool
}

// mix makes of an instant what no peer says in a PING of its own.
const mix = 0x9e3779b97f4a7c15

// hearing is what the program is taken for.
type hearing uint8

const (
	unknown hearing = iota
	speaks
	foreign // it has another protocol
)

// own is what the front has to say itself.
type own struct {
	toClient  []byte
	toProgram []byte
	credit    int  // of the client's window, for what was not passed on
	torn      bool // a header block was not passed on
}

// client is what is known of the client's side.
type client struct {
	heard time.Time // last, or when its last request was answered
	fault fault     // it broke the protocol
	done  bool      // it sends no more
	gone  bool
	guest *guest // nil: nothing is in flight that might not end
}

func newRelay(c *conn, u *upstream) *relay {
	now := time.Now()
	r := &relay{conn: c, to: u, greeted: make(chan struct{}), made: now, client: client{heard: now}}
	r.departs.last, r.departs.long = most31, c.front.long
	binary.BigEndian.PutUint64(r.departs.ping[:], uint64(now.UnixNano())*mix)
	return r
}

// run relays until both directions have ended.
func (r *relay) run() {
	c := r.conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&upward{relay: r}).run()
	}()
	(&downward{relay: r}).run()
	c.mu.Lock()
	r.greet(r.program)
	r.over = true
	broken := r.client.gone || r.client.fault != noFault || c.closed
	c.over = !r.client.gone // it may be sending
	c.Conn.SetReadDeadline(past)
	c.mu.Unlock()
	if broken {
		r.to.abort()
	} else {
		r.to.Conn.Close()
	}
	<-ended
	c.mu.Lock()
	if r.client.guest != nil {
		c.front.turns.leave(r.client.guest)
	}
	n := r.streams.forgetAll()
	c.mu.Unlock()
	c.front.inFlight.Add(int64(-n))
	c.front.requests[0].Add(uint64(n))
	r.to.in.empty()
	c.in.empty()
}

// greet notes what the program is. The caller holds conn.mu.
func (r *relay) greet(is hearing) {
	r.program = is
	select {
	case <-r.greeted:
	default:
		close(r.greeted)
	}
}

// leave has the connection end once nothing is asked on it any more. The caller holds
// conn.mu.
func (r *relay) leave() {
	now := time.Now()
	if r.departs.asked.IsZero() {
		r.departs.asked = now
	}
	if r.departs.hurried.IsZero() && r.conn.front.closing.Load() {
		r.departs.hurried = now
	}
	r.wake()
}

// stay has the connection leave in its turn, if what is in flight does not end before.
// The caller holds conn.mu.
func (r *relay) stay() {
	if r.conn.front.cfg.LeaveStreams && r.client.guest == nil && !r.departs.asked.IsZero() && r.streams.inFlight > 0 {
		r.client.guest = &guest{wake: func() {
			r.conn.mu.Lock()
			defer r.conn.mu.Unlock()
			r.departs.turn = true
			r.wake()
		}}
		r.conn.front.turns.come(r.client.guest)
	}
}

// silent returns for how long nothing has been asked, and whether the connection leaves.
// The caller holds conn.mu.
func (r *relay) silent(now time.Time) (since time.Duration, leaves bool) {
	leaves = !r.departs.asked.IsZero()
	if leaves || r.program == unknown || r.streams.inFlight > 0 {
		return 0, leaves
	}
	return now.Sub(r.client.heard), false
}

// wake has the program's goroutine look what there is to say. The caller holds conn.mu.
func (r *relay) wake() {
	r.woken = true
	r.limit = past
	r.to.Conn.SetReadDeadline(past)
}

// waitUntil sets the read deadline of the program's connection. The caller holds
// conn.mu.
func (r *relay) waitUntil(t time.Time) {
	if !t.Equal(r.limit) {
		r.limit = t
		r.to.Conn.SetReadDeadline(t)
	}
}

// begin counts a stream. The caller holds conn.mu.
func (r *relay) begin(id uint32, ended side) {
	if r.streams.begin(id, ended) {
		r.conn.front.inFlight.Add(1)
	}
}

// adapt has the next buffer be as large as what came last.
func (in *input) adapt() {
	switch n := in.length(); {
	case n >= bufferSize:
		in.streams = true
	case n < bufferSize/4:
		in.streams = false
	}
}
