package front

import (
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// headTime bounds a request's head from its first byte, and how long a new
	// connection may take to its first request. Node.js has the same.
	headTime = 60 * time.Second

	// idleTime is how long a kept connection may be silent. It is above what load
	// balancers keep theirs (600 s at the most common), so that they close first.
	idleTime = 620 * time.Second

	// firstTime is how long a connection that was made and not used may still take
	// to its first request once the front is closed.
	firstTime = time.Second
)

// A Front serves routes. Its methods may be called at any time, by any
// goroutine; each is harmless when repeated.
type Front struct {
	cfg       Config
	listeners []*listener
	waitUntil time.Time

	most int           // connections at a time
	rest time.Duration // restTime
	long time.Duration // longTime

	draining atomic.Bool
	closing  atomic.Bool
	warned   atomic.Bool   // that there is no room
	tidying  atomic.Bool   // memory will be given back
	rested   atomic.Uint32 // connections, ever
	cutting  chan struct{} // closed by Cut
	turns    turns         // of those that stay until told to leave

	mu      sync.Mutex
	conns   map[*conn]struct{}
	watched map[uint32]*conn
	watcher watcher
	isCut   bool

	counters
}

// counters are what Stats says.
type counters struct {
	open, inFlight, upgraded atomic.Int64

	accepted, streams, refused, failed, cut, left atomic.Uint64

	requests [6]atomic.Uint64
}

// count counts an answer by its status.
func (c *counters) count(status int) {
	c.requests[min(status/100, 5)].Add(1)
}

// New returns a front that serves nothing yet. It takes the listeners over.
func New(cfg Config) *Front {
	f := &Front{
		cfg:     cfg,
		most:    mostConnections(),
		rest:    restTime,
		long:    longTime,
		cutting: make(chan struct{}),
		conns:   map[*conn]struct{}{},
		watched: map[uint32]*conn{},
	}
	for _, r := range cfg.Routes {
		f.listeners = append(f.listeners, &listener{Listener: r.Listener, front: f, to: &target{Target: r.Target, addrs: r.Target.Addrs()}})
	}
	return f
}

// Serve starts to serve all routes and returns at once. A listener that fails
// is logged, and the others go on. The process collects its garbage more often from
// then on.
func (f *Front) Serve() {
	debug.SetGCPercent(gcPercent)
	f.waitUntil = time.Now().Add(f.cfg.WaitTarget)
	for _, l := range f.listeners {
		go func() {
			if err := l.serve(); !f.closing.Load() && f.cfg.Log != nil {
				f.cfg.Log.Error("front listener failed", "address", l.Addr().String(), "error", err)
			}
		}()
	}
}

// Drain makes every response from now on say Connection: close, and tells clients of
// HTTP/2 the same, so that they leave of themselves. Everything is still served, new
// connections too.
func (f *Front) Drain() {
	if !f.draining.Swap(true) {
		for _, c := range f.all() {
			c.tell()
		}
	}
}

// Leave has WebSockets, streams of events and connections of HTTP/2 with answers that do
// not end leave one after another, evenly spread over a time from now: the first with a
// close frame between two messages, the second at the end of an event, the third when all
// else on them is answered. Each may take some seconds more, or longer where a message is not
// whole. Those that begin later leave within the same time, too, or after it once the
// front is closed.
func (f *Front) Leave(within time.Duration) {
	for _, c := range f.all() {
		c.stay()
	}
	if n := f.turns.begin(within); n > 0 && f.cfg.Log != nil {
		f.cfg.Log.Info("long-lived connections leave", "count", n, "within", within)
	}
}

// Close drains, and closes the listeners and the connections on which nothing is
// asked. Connections already made are served, those in flight go on to their end.
// It returns within a second in which the process runs.
func (f *Front) Close() {
	f.draining.Store(true)
	if f.closing.Swap(true) {
		return
	}
	var wg sync.WaitGroup
	for _, l := range f.listeners {
		wg.Go(l.finish)
	}
	wg.Wait()
	f.turns.close()
	for _, c := range f.all() {
		c.leave(false)
	}
	f.mu.Lock()
	f.endWatch()
	f.mu.Unlock()
	time.AfterFunc(firstTime, func() {
		for _, c := range f.all() {
			c.leave(true)
		}
	})
}

// Cut ends all that is still open, at both ends, and returns how many requests
// and tunnels that were. Close comes first.
func (f *Front) Cut() int {
	f.mu.Lock()
	first := !f.isCut
	f.isCut = true
	f.mu.Unlock()
	if first {
		close(f.cutting)
	}
	n := 0
	for _, c := range f.all() {
		n += c.end()
	}
	f.cut.Add(uint64(n))
	return n
}

// Stats returns what was done and what is open. It costs a few atomic loads.
func (f *Front) Stats() Stats {
	s := Stats{
		Connections: int(f.open.Load()),
		InFlight:    int(f.inFlight.Load()),
		Upgraded:    int(f.upgraded.Load()),
		Accepted:    f.accepted.Load(),
		Streams:     f.streams.Load(),
		Refused:     f.refused.Load(),
		Failed:      f.failed.Load(),
		Cut:         f.cut.Load(),
		Left:        f.left.Load(),
	}
	for i := range s.Requests {
		s.Requests[i] = f.requests[i].Load()
	}
	return s
}

// admit takes a new connection in.
func (f *Front) admit(c net.Conn, to *target) *conn {
	g := newConn(c, f, to)
	f.accepted.Add(1)
	f.open.Add(1)
	f.mu.Lock()
	f.conns[g] = struct{}{}
	f.watch(g) // or else that a client has gone is seen when it is written to
	f.mu.Unlock()
	if f.closing.Load() {
		time.AfterFunc(firstTime, func() { g.leave(true) })
	}
	return g
}

// forget lets a closed connection go.
func (f *Front) forget(c *conn) {
	f.open.Add(-1)
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, c)
	f.unwatch(c)
}

// all returns the connections that are open now.
func (f *Front) all() []*conn {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]*conn, 0, len(f.conns))
	for c := range f.conns {
		all = append(all, c)
	}
	return all
}
