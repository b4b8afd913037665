package front

import (
	"io"
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An endpoint is a connection and what was read from it. Who waits on one for bytes has no
// buffer meanwhile, where the connection is the kernel's.
type endpoint struct {
	net.Conn
	raw syscall.RawConn // nil of a connection that is not the kernel's
	in  input

	filling func(fd uintptr) bool // of more, made once
	failed  error

	// fd is the descriptor while one goroutine, which alone writes, is in a callback of
	// raw, or else none.
	fd int
}

const none = -1

func newEndpoint(c net.Conn) endpoint {
	s := endpoint{Conn: c, fd: none}
	if k, ok := c.(syscall.Conn); ok {
		s.raw, _ = k.SyscallConn()
	}
	return s
}

// fill reads once from the descriptor. It returns syscall.EAGAIN where nothing has come,
// and whether all that had come was read.
func (s *endpoint) fill(fd uintptr) (all bool, err error) {
	space := s.in.space()
	n, err := read(fd, space)
	if n > 0 {
		s.in.added(n)
		return n < len(space), nil
	}
	if s.in.length() == 0 {
		s.in.giveBack()
	}
	if err == nil {
		err = io.EOF
	}
	return false, err
}

// more waits for more and reads it.
func (s *endpoint) more() error {
	if s.raw == nil {
		return s.readPlain()
	}
	if s.filling == nil {
		s.filling = func(fd uintptr) bool {
			_, s.failed = s.fill(fd)
			return s.failed != syscall.EAGAIN
		}
	}
	if err := s.raw.Read(s.filling); err != nil {
		return err
	}
	return s.failed
}

// readPlain reads from a connection that is not the kernel's.
func (s *endpoint) readPlain() error {
	n, err := s.Conn.Read(s.in.space())
	if s.in.added(n); n > 0 {
		return nil
	}
	return err
}

// send writes all of p.
func (s *endpoint) send(p []byte) error {
	if s.fd != none {
		n, _ := write(s.fd, p)
		if p = p[n:]; len(p) == 0 {
			return nil
		}
	}
	_, err := s.Conn.Write(p)
	return err
}

// What follows never blocks, as sockets do not here, so Go's scheduler is not told of it:
// it would take its processor away from a thread that the kernel lets wait, and give it
// to another one, each with buffers of its own.

func read(fd uintptr, p []byte) (int, error) {
	for {
		n, _, err := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
		if err == 0 {
			return int(n), nil
		}
		if err != syscall.EINTR {
			return 0, err
		}
	}
}

// write writes what the kernel has room for. The error, if any, is the next write's.
func write(fd int, p []byte) (n int, err error) {
	done, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(done), nil
}

// peek looks what is there to be read, and takes none of it: bytes, with n above 0, the
// end, with neither, or nothing, with syscall.EAGAIN.
func peek(fd uintptr) (n int, err error) {
	var b [1]byte
	got, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&b)), 1,
		syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(got), nil
}

// unread reports whether bytes have come that were not read.
func (s *endpoint) unread() (is bool) {
	if s.raw != nil {
		s.raw.Control(func(fd uintptr) {
			n, _ := peek(fd)
			is = n > 0
		})
	}
	return is
}
