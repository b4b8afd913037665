package probe

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// epoll is an epoll(7) without a thread of its own: its descriptor is one that Go's
// runtime waits for, with all others of the process.
type epoll struct {
	file   *os.File
	raw    syscall.RawConn
	fd     int
	ready  int // of events
	events []event
	look   func(fd uintptr) bool
}

// event is what epoll says of a descriptor.
type event unix.EpollEvent

func (e *event) slot() int32  { return e.Fd }
func (e *event) turn() int32  { return e.Pad }
func (e *event) isGone() bool { return e.Events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 }

// open makes one that takes so many events at once.
func (p *epoll) open(events int) error {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // only then does the runtime wait for it
		unix.Close(fd)
		return os.NewSyscallError("fcntl", err)
	}
	p.file, p.fd, p.events = os.NewFile(uintptr(fd), "epoll"), fd, make([]event, events)
	p.look = func(uintptr) bool {
		p.ready = p.now()
		return p.ready > 0
	}
	if p.raw, err = p.file.SyscallConn(); err != nil {
		p.file.Close()
	}
	return err
}

func (p *epoll) close() { p.file.Close() }

func (p *epoll) control(op, fd int, events uint32, slot, turn int32) error {
	e := unix.EpollEvent{Events: events, Fd: slot, Pad: turn}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.fd, op, fd, &e))
}

func (p *epoll) remove(fd int) { _ = p.control(unix.EPOLL_CTL_DEL, fd, 0, 0, 0) }

// now asks for events without waiting.
func (p *epoll) now() int {
	n, _ := unix.EpollWait(p.fd, unsafe.Slice((*unix.EpollEvent)(&p.events[0]), len(p.events)), 0)
	return max(n, 0)
}

// wait waits for events, until the file's deadline at the latest.
func (p *epoll) wait() error {
	p.ready = 0
	return p.raw.Read(p.look)
}
