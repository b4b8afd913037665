package probe

import (
	"net/netip"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// acceptAtOnce bounds how many are let in before others are looked at.
const acceptAtOnce = 64

// accept lets connections in.
func (s *Server) accept() error {
	for range acceptAtOnce {
		if !s.makeRoom() {
			return nil
		}
		fd, err := s.acceptOne()
		switch err {
		case nil:
			if s.cfg.Accepted != nil {
				s.cfg.Accepted.Add(1)
			}
			s.read(s.table.add(fd, isLoopback(&s.in.from), s.now()))
		case unix.EAGAIN:
			return nil
		case unix.EINTR, unix.ECONNABORTED, unix.EPERM, unix.EPROTO, unix.ENETDOWN, unix.ENETUNREACH,
			unix.EHOSTDOWN, unix.EHOSTUNREACH, unix.ENONET, unix.ENOPROTOOPT, unix.EOPNOTSUPP:
			// of one connection (accept(2)), or of none
		case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
			if oldest := s.table.first[asking]; oldest != none {
				s.drop(oldest)
				continue
			}
			s.pause(s.now() + leastPatience)
			return nil
		default:
			return os.NewSyscallError("accept4", err)
		}
	}
	return nil
}

// makeRoom sees to it that one more may be let in, and reports whether it may.
func (s *Server) makeRoom() bool {
	at, full := s.table.full()
	if !full {
		return true
	}
	if at > s.now() {
		s.pause(at)
		return false
	}
	s.drop(s.table.first[asking])
	return true
}

// pause lets nobody in until an instant. They wait in the kernel.
func (s *Server) pause(until time.Duration) {
	s.in.paused = until
	s.poll.listen(false)
}

// acceptOne is accept4(2), which leaves in s.from who it is. It is not [unix.Accept4],
// which makes garbage.
func (s *Server) acceptOne() (fd int, err error) {
	size := uint32(unix.SizeofSockaddrAny)
	got, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(s.in.listener), uintptr(unsafe.Pointer(&s.in.from)),
		uintptr(unsafe.Pointer(&size)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(got), nil
}

// isLoopback reports whether the other end is of this network namespace.
func isLoopback(from *unix.RawSockaddrAny) bool {
	switch from.Addr.Family {
	case unix.AF_INET:
		return (*unix.RawSockaddrInet4)(unsafe.Pointer(from)).Addr[0] == 127
	case unix.AF_INET6:
		return netip.AddrFrom16((*unix.RawSockaddrInet6)(unsafe.Pointer(from)).Addr).Unmap().IsLoopback()
	}
	return false
}
