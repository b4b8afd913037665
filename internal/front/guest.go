package front

import (
	"net"
	"sync"
	"time"
)

// A guest is who stays until told to leave: a WebSocket, an answer that is a stream of
// events, or a connection of HTTP/2. The goroutine that reads what the program says
// decides when exactly.
type guest struct {
	program net.Conn // from which it reads
	wake    func()   // of one that is woken in another way than that its reads end

	mu   sync.Mutex
	turn time.Time // when it was told; zero: it was not

	place place // of the queue; guarded by turns.mu
}

// place is where a guest is in the queue of those that leave.
type place uint8

const (
	unasked place = iota // not in it
	inQueue
	told // behind it
)

// tell tells it, and ends its wait for the program.
func (g *guest) tell(now time.Time) {
	g.mu.Lock()
	first := g.turn.IsZero()
	if first {
		g.turn = now
		if g.wake == nil {
			g.program.SetReadDeadline(past)
		}
	}
	g.mu.Unlock()
	if first && g.wake != nil {
		g.wake()
	}
}

// isTold reports whether it was told to leave, and how long ago.
func (g *guest) isTold() (ago time.Duration, is bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.turn.IsZero() {
		return 0, false
	}
	return time.Since(g.turn), true
}

// goOn has reads wait again after it was told.
func (g *guest) goOn() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.turn.IsZero() {
		g.program.SetReadDeadline(time.Time{})
	}
}
