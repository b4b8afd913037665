package front

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// keepTime is how long a connection to the program is kept after an answer. The
	// shortest idle time-out of the servers in docs/proof/servers.md is 2 s (gunicorn), so
	// no request is written on a connection that the program is about to close.
	// A new one costs some 50 µs on this machine's own addresses.
	keepTime = time.Second

	// dialTime bounds the making of one: the program listens, and takes none.
	dialTime = 60 * time.Second

	retryTime = 20 * time.Millisecond // between two tries while the program starts
)

// A target is a program's address and whether it ever answered there.
type target struct {
	Target
	addrs   []netip.AddrPort // see [Target.Addrs]
	reached atomic.Bool
}

// An upstream is a connection to the program. It belongs to one client's
// connection, as it would without a front.
type upstream struct {
	endpoint
	framing  framing
	followed int  // bytes of what was read that were followed
	used     bool // it had an answer before
	came     bool // a byte of this answer has come

	since time.Time   // when it was kept
	timer *time.Timer // that ends it
}

// expect prepares for the answer to a request.
func (u *upstream) expect(toHEAD bool) {
	u.framing.restart()
	u.framing.response, u.framing.toHEAD = true, toHEAD
	u.came, u.followed = false, 0
}

// abort ends the connection from any goroutine but one that waits for it in a callback.
// A reset tells the program, as it would of a client that went.
func (u *upstream) abort() {
	setReset(u.Conn)
	u.Conn.Close()
}

// discard closes a connection that nothing is under way on.
func (u *upstream) discard() {
	u.Conn.Close()
	u.in.empty()
}

// upstream returns the connection that was kept, or a new one.
func (c *conn) upstream() (*upstream, error) {
	c.mu.Lock()
	u, aborted := c.kept, c.x.aborted
	c.kept = nil
	if u != nil && !aborted {
		c.x.up = u
	}
	c.mu.Unlock()
	switch {
	case u == nil:
		return c.connect()
	case aborted:
		u.discard()
		return nil, context.Canceled
	}
	return u, nil
}

// connect makes a new one.
func (c *conn) connect() (*upstream, error) {
	c.in.shrink()
	made := make(chan net.Conn)
	go func() { made <- c.to.dialNow() }() // whose stack is deep, and goes with it
	nc := <-made
	if nc == nil {
		return c.connectLater()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.x.aborted {
		nc.Close()
		return nil, context.Canceled
	}
	c.x.up = &upstream{endpoint: newEndpoint(nc)}
	return c.x.up, nil
}

// connectLater makes one that takes a while, and ends with the client.
func (c *conn) connectLater() (*upstream, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.mu.Lock()
	c.x.up, c.x.cancel = nil, cancel
	aborted := c.x.aborted
	c.mu.Unlock()
	if aborted {
		return nil, context.Canceled
	}
	nc, err := c.front.dial(ctx, c.to)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.x.cancel = nil
	if err != nil {
		return nil, err
	}
	if c.x.aborted {
		nc.Close()
		return nil, context.Canceled
	}
	c.x.up = &upstream{endpoint: newEndpoint(nc)}
	return c.x.up, nil
}

// keep keeps u for the client's next request, for a while.
func (c *conn) keep(u *upstream) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.x.up = nil
	if c.closed || c.leaving || c.x.aborted {
		u.discard()
		return
	}
	u.used, u.since = true, now
	c.kept = u
	if u.timer == nil {
		u.timer = time.AfterFunc(keepTime, func() { c.unkeep(u) })
	}
}

// unkeep closes u if it has been kept for long enough. The timer is not stopped where
// it is used again, so that a request need not set it.
func (c *conn) unkeep(u *upstream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := keepTime - time.Since(u.since)
	switch {
	case c.x.up == u:
		u.timer.Reset(keepTime)
	case c.kept != u:
	case left > 0:
		u.timer.Reset(left)
	default:
		c.kept = nil
		u.discard()
	}
}

// soonTime is how long a connection takes at most that is made at once.
const soonTime = 50 * time.Millisecond

// soon is a context that ends then, which costs nothing and cannot be cancelled.
type soon time.Time

func (s soon) Deadline() (time.Time, bool) { return time.Time(s), true }
func (soon) Done() <-chan struct{}         { return nil }
func (soon) Err() error                    { return nil }
func (soon) Value(any) any                 { return nil }

// dialNow connects to a program that takes the connection at once, as most on this
// machine do. It returns nil where there is more to it.
func (t *target) dialNow() net.Conn {
	d := net.Dialer{KeepAlive: -1}
	ctx := soon(time.Now().Add(soonTime))
	if t.Network == "unix" {
		if c, err := d.DialUnix(ctx, t.Network, nil, &net.UnixAddr{Name: t.Address, Net: t.Network}); err == nil {
			t.reached.Store(true)
			return c
		}
		return nil
	}
	for _, address := range t.addrs {
		if c, err := d.DialTCP(ctx, t.Network, netip.AddrPort{}, address); err == nil {
			t.reached.Store(true)
			return c
		}
	}
	return nil
}

// dial connects, whatever there is to it. Of several addresses the error of the first is
// returned: that of a second one may be that there is no IPv6 here.
func (t *target) dial(ctx context.Context, d net.Dialer) (nc net.Conn, err error) {
	if len(t.addrs) < 2 {
		return d.DialContext(ctx, t.Network, t.Address)
	}
	var first error
	for _, address := range t.addrs {
		if nc, err = d.DialContext(ctx, t.Network, address.String()); err == nil {
			return nc, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// dial connects to the program. One that does not listen is waited for while it may
// still be starting: until it has listened once, and within the bound.
func (f *Front) dial(ctx context.Context, to *target) (net.Conn, error) {
	until := time.Now().Add(dialTime)
	d := net.Dialer{Deadline: until, KeepAlive: -1}
	for {
		nc, err := to.dial(ctx, d)
		if err == nil {
			to.reached.Store(true)
			return nc, nil
		}
		if !f.worthAnotherTry(err, to, until) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.cutting:
			return nil, err
		case <-time.After(retryTime):
		}
	}
}

// worthAnotherTry reports whether the program may yet take the connection: it is
// starting, or its queue is full, which a unix socket refuses (connect(2), EAGAIN)
// where TCP waits.
func (f *Front) worthAnotherTry(err error, to *target, until time.Time) bool {
	now := time.Now()
	if errors.Is(err, syscall.EAGAIN) {
		return now.Before(until)
	}
	notThere := errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOENT)
	return notThere && !to.reached.Load() && now.Before(f.waitUntil)
}
