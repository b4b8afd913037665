package frontproc

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/process"
)

// link is this end of the socket to the front. Nothing here blocks the
// loop: what the front does not take at once is lost, and it is asked with a
// limit.
type link struct {
	conn *net.UnixConn
	idle chan struct{} // nothing is in flight any more, once
	gone chan struct{} // closed when the other end is

	mu      sync.Mutex
	asked   uint64
	waiting map[uint64]chan front.Stats
	serving bool
	last    front.Stats
	warned  map[string]uint64 // as its last word has it: never written to
	cut     *uint64           // of the last word; nil: not said
}

// newLink takes the socket over and listens to it.
func newLink(socket *os.File) (*link, error) {
	conn, err := net.FileConn(socket)
	if err != nil {
		return nil, err
	}
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.New("no unix socket")
	}
	l := &link{conn: unixConn, idle: make(chan struct{}, 1), gone: make(chan struct{}), waiting: map[uint64]chan front.Stats{}}
	go l.listen()
	return l, nil
}

// listen reads until the other end has gone.
func (l *link) listen() {
	defer close(l.gone)
	buf := make([]byte, messageLimit)
	for {
		n, _ := l.conn.Read(buf)
		if n <= 0 { // an error, or the end of file: nobody sends empty ones
			return
		}
		var word word
		if json.Unmarshal(buf[:n], &word) == nil {
			l.hear(word)
		}
	}
}

func (l *link) hear(word word) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serving = l.serving || word.Serving
	if word.Stats != nil {
		l.last, l.warned, l.cut = *word.Stats, word.Warned, word.Cut
	}
	if answer, ok := l.waiting[word.Answer]; ok && word.Stats != nil {
		answer <- *word.Stats
		delete(l.waiting, word.Answer)
	}
	if word.Idle {
		select {
		case l.idle <- struct{}{}:
		default:
		}
	}
}

// tell reports whether the order was sent.
func (l *link) tell(order order) bool {
	sent := false
	raw, err := l.conn.SyscallConn()
	if err != nil {
		return false
	}
	message := process.Encode(order)
	err = raw.Write(func(fd uintptr) bool {
		_, err := unix.SendmsgN(int(fd), message, nil, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		sent = err == nil
		return true // and not again
	})
	return err == nil && sent
}

// ask asks what the front has done and has open, and waits no longer than ctx.
func (l *link) ask(ctx context.Context) (front.Stats, bool) {
	answer := make(chan front.Stats, 1)
	l.mu.Lock()
	l.asked++
	number := l.asked
	l.waiting[number] = answer
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		delete(l.waiting, number)
		l.mu.Unlock()
	}()
	if !l.tell(order{Ask: number}) {
		return front.Stats{}, false
	}
	select {
	case stats := <-answer:
		return stats, true
	case <-l.gone:
	case <-ctx.Done():
	}
	return front.Stats{}, false
}

// askFor is ask with a limit.
func (l *link) askFor(limit time.Duration) (front.Stats, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return l.ask(ctx)
}

// isServing reports whether the front serves, as far as it has said.
func (l *link) isServing() bool {
	select {
	case <-l.gone:
		return false
	default:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.serving
}

// lastCut is how many requests the program has cut, if the front has said so with
// its last word. Its process has gone, so there is nothing to wait for but the
// reading of it.
func (l *link) lastCut() drain.Cut {
	select {
	case <-l.gone:
	case <-time.After(lastWordPatience):
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut == nil {
		return drain.Cut{}
	}
	n := int(*l.cut)
	return drain.Cut{Known: true, Least: n, Most: n, Left: int(l.last.Left)}
}

// latest is what the front said last.
func (l *link) latest() (stats front.Stats, warned map[string]uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last, l.warned
}

// lastWordPatience bounds the reading of what the front has left in the socket.
const lastWordPatience = 100 * time.Millisecond
