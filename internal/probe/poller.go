package probe

import (
	"errors"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// poller waits for connections, and for what other goroutines have.
type poller struct {
	epoll
	listener int

	mu     sync.Mutex
	posted []func() // what other goroutines have for the one that waits
	closed bool

	spare []func() // in turn with posted
}

// listening stands for the listener, in place of a connection.
const listening = -1

// eventsAtOnce is how many events are taken at once.
const eventsAtOnce = 64

// open begins to watch a listener.
func (p *poller) open(listener int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener = listener
	if err := p.epoll.open(eventsAtOnce); err != nil {
		return err
	}
	err := p.control(unix.EPOLL_CTL_ADD, listener, unix.EPOLLIN, listening, 0)
	if err != nil {
		p.close()
	}
	return err
}

// listen watches the listener, or does not for a while.
func (p *poller) listen(watch bool) {
	var events uint32
	if watch {
		events = unix.EPOLLIN
	}
	_ = p.control(unix.EPOLL_CTL_MOD, p.listener, events, listening, 0)
}

// add watches a connection: each time that something comes, and its end.
func (p *poller) add(fd int, slot, turn int32) error {
	return p.control(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLET, slot, turn)
}

// wait waits for events, until so long after an instant at the latest, or until
// something is posted.
func (p *poller) wait(began time.Time, until time.Duration) ([]event, error) {
	if n := p.now(); n > 0 {
		return p.events[:n], nil
	}
	deadline := time.Time{}
	if until != forever {
		deadline = began.Add(until)
	}
	p.mu.Lock()
	some := len(p.posted) > 0 || p.closed
	if !some {
		_ = p.file.SetReadDeadline(deadline)
	}
	p.mu.Unlock()
	if some {
		return nil, nil
	}
	err := p.epoll.wait()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return p.events[:p.ready], err
}

// post has do done by the goroutine that waits.
func (p *poller) post(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posted = append(p.posted, do)
	p.wake()
}

// shut has that goroutine end.
func (p *poller) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.wake()
}

// deliver does what was posted, and reports whether the end is due.
func (p *poller) deliver() (closed bool) {
	p.mu.Lock()
	posted := p.posted
	p.posted, closed = p.spare, p.closed
	p.mu.Unlock()
	for _, do := range posted {
		do()
	}
	clear(posted)
	p.spare = posted[:0]
	return closed
}

// wake ends wait. p.mu is held.
func (p *poller) wake() {
	if p.file != nil {
		_ = p.file.SetReadDeadline(time.Unix(1, 0))
	}
}

// receive is recv(2), which does not wait. It is not [unix.Recvfrom], which makes
// garbage.
func receive(fd int, b []byte, flags int) (n int, err error) {
	got, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		uintptr(flags|unix.MSG_DONTWAIT), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(got), nil
}

// send is send(2), which does not wait and makes no SIGPIPE.
func send(fd int, b []byte) (n int, err error) {
	put, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(put), nil
}
