package front

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// keepTime is how long a connection to the program is kept after an answer. The
	// shortest idle time-out of the servers in docs/servers.md is 2 s (gunicorn), so
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
	reached atomic.Bool
}

// An upstream is a connection to the program. It belongs to one client's
// connection, as it would without a front.
type upstream struct {
	net.Conn
	br      *bufio.Reader // of Read below
	framing framing
	flush   func() // called before Read waits
	came    bool   // a byte of this answer has come
	surplus bool   // bytes came after the answer
	bad     error  // why the answer is malformed
	timer   *time.Timer
}

var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}

// Read returns what the program sent, followed as strictly as a client's bytes.
func (u *upstream) Read(p []byte) (int, error) {
	if u.framing.state == complete {
		u.surplus = true
		return 0, errors.New("read past the end of an answer")
	}
	if u.bad != nil {
		return 0, u.bad
	}
	if u.flush != nil {
		u.flush()
	}
	n, err := u.Conn.Read(p)
	if n == 0 {
		return 0, err
	}
	u.came = true
	k, done, bad := u.framing.next(p[:n])
	u.bad = bad
	if bad != nil && k == 0 {
		return 0, bad
	}
	if done && k < n {
		u.surplus = true
	}
	return k, err
}

// expect prepares for the answer to a request of that method.
func (u *upstream) expect(method string) {
	u.framing.restart()
	u.framing.response, u.framing.toHEAD = true, method == http.MethodHead
	u.came = false
}

// usable reports whether an answer can be expected on a kept connection: it is
// open, and nothing came unasked.
func (u *upstream) usable() bool {
	s, ok := u.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	var b [1]byte
	open := false
	err = raw.Read(func(fd uintptr) bool {
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		open = err == syscall.EAGAIN
		return true
	})
	return err == nil && open
}

// abort ends the connection from any goroutine. A reset tells the program, as it
// would of a client that went.
func (u *upstream) abort() {
	setReset(u.Conn)
	u.Conn.Close()
}

// discard closes a connection that nothing is under way on. Its buffer is reused.
func (u *upstream) discard() {
	u.Conn.Close()
	if u.br != nil {
		u.br.Reset(nil)
		readers.Put(u.br)
		u.br = nil
	}
}

// upstream returns the connection that was kept, if it still stands, or a new one.
func (c *conn) upstream(ctx context.Context) (*upstream, error) {
	c.mu.Lock()
	u := c.kept
	c.kept = nil
	c.mu.Unlock()
	if u != nil {
		u.timer.Stop()
		if u.usable() {
			return u, nil
		}
		u.discard()
	}
	nc, err := c.front.dial(ctx, c.to)
	if err != nil {
		return nil, err
	}
	u = &upstream{Conn: nc, br: readers.Get().(*bufio.Reader)}
	u.br.Reset(u)
	return u, nil
}

// keep keeps u for the client's next request, for a while.
func (c *conn) keep(u *upstream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.leaving {
		u.discard()
		return
	}
	c.kept = u
	if u.timer == nil {
		u.timer = time.AfterFunc(keepTime, func() { c.unkeep(u) })
	} else {
		u.timer.Reset(keepTime)
	}
}

// unkeep closes u if it is still kept. The timer may be late.
func (c *conn) unkeep(u *upstream) {
	c.mu.Lock()
	kept := c.kept == u
	if kept {
		c.kept = nil
	}
	c.mu.Unlock()
	if kept {
		u.discard()
	}
}

// dial connects to the program. One that does not listen is waited for while it may
// still be starting: until it has listened once, and within the bound.
func (f *Front) dial(ctx context.Context, to *target) (net.Conn, error) {
	until := time.Now().Add(dialTime)
	d := net.Dialer{Deadline: until, KeepAlive: -1}
	for {
		nc, err := d.DialContext(ctx, to.Network, to.Address)
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
