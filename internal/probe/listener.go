package probe

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"
)

// patience is how long a connection from which nothing has come is left alone
// although there are too many of the kind. A request comes with its connection
// or a round trip later, but in a burst accepting is faster than reading.
const patience = 250 * time.Millisecond

// bounded is a listener that limits how many of its connections are open. At a
// bound the oldest goes and the newest stays: whoever holds connections open
// without asking anything, by malice or by a leak, must never keep a platform's
// probe out, which would have the container restarted. Nor can they push out a
// probe that has asked and waits for a slow program: those who have yet to ask
// go first.
type bounded struct {
	net.Listener
	limit int // connections in all
	idle  int // of those, waiting for a request for longer than patience

	mu        sync.Mutex
	waiting   queue // for a request
	answering queue // a whole request has come; at most limit-idle
	trimming  bool  // trim will run
}

// queue is connections, oldest first.
type queue []*tracked

// pop takes the oldest out. There must be one.
func (q *queue) pop() *tracked {
	oldest := (*q)[0]
	*q = slices.Delete(*q, 0, 1)
	return oldest
}

// remove takes t out, and reports whether it was there.
func (q *queue) remove(t *tracked) bool {
	i := slices.Index(*q, t)
	if i < 0 {
		return false
	}
	*q = slices.Delete(*q, i, i+1)
	return true
}

// Accept waits for the next connection, and closes what has to go for it.
func (l *bounded) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	t := &tracked{Conn: c, from: l, since: time.Now()}
	closeAll(l.admit(t))
	return t, nil
}

// admit adds t and returns what has to go for it: the oldest that waits for a
// request if that makes one too many in all, and those overdue.
func (l *bounded) admit(t *tracked) (gone []*tracked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, t)
	if len(l.waiting)+len(l.answering) > l.limit {
		gone = append(gone, l.waiting.pop())
	}
	if !l.trimming {
		gone = append(gone, l.overdue()...)
	}
	return gone
}

// trim closes those overdue. It runs again as long as too many wait, and else
// not at all.
func (l *bounded) trim() {
	l.mu.Lock()
	gone := l.overdue()
	l.mu.Unlock()
	closeAll(gone)
}

// overdue takes out the oldest that wait for a request, as far as there are too
// many and they have had their time, and sees to it that trim runs when the
// next has had its time. l.mu is held.
func (l *bounded) overdue() (gone []*tracked) {
	l.trimming = false
	for len(l.waiting) > l.idle {
		if left := patience - time.Since(l.waiting[0].since); left > 0 {
			l.trimming = true
			time.AfterFunc(left, l.trim)
			break
		}
		gone = append(gone, l.waiting.pop())
	}
	return gone
}

// closeAll closes connections. No lock may be held: each takes itself out.
func closeAll(conns []*tracked) {
	for _, t := range conns {
		t.Close()
	}
}

// tracked is a connection in one of its listener's queues, or, once it has been
// closed, in none.
type tracked struct {
	net.Conn
	from  *bounded
	since time.Time
}

// trackedKey is the key of a request's connection in its context.
type trackedKey struct{}

// withConn makes a connection known to the handlers of its requests; it is a
// [net/http.Server]'s ConnContext.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, trackedKey{}, c)
}

// asked notes that the connection of ctx has brought a whole request, and
// closes the oldest being answered if that makes too many.
func asked(ctx context.Context) {
	t, ok := ctx.Value(trackedKey{}).(*tracked)
	if !ok {
		return
	}
	closeAll(t.from.promote(t))
}

// promote moves t to those being answered and returns what has to go for it.
func (l *bounded) promote(t *tracked) (gone []*tracked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.waiting.remove(t) {
		return nil // it had to go meanwhile
	}
	l.answering = append(l.answering, t)
	if len(l.answering) > l.limit-l.idle {
		gone = append(gone, l.answering.pop())
	}
	return gone
}

// forget takes t out, if it is still there.
func (l *bounded) forget(t *tracked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.waiting.remove(t) {
		l.answering.remove(t)
	}
}

// Close closes the connection and makes room for another. It may be called more
// than once, by the listener and by the server.
func (t *tracked) Close() error {
	t.from.forget(t)
	return t.Conn.Close()
}

// CloseWrite lets net/http send its FIN and wait a moment after it has refused
// a request it did not read to the end; closing at once would send a reset that
// overtakes the refusal (net/http, closeWriteAndWait).
func (t *tracked) CloseWrite() error {
	if c, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
