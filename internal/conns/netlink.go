package conns

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

const (
	// bufferSize holds the largest datagram of a listing: NLMSG_GOODSIZE,
	// a page but at most 8 KiB, and no more than the reader's last buffer
	// (netlink_dump in net/netlink/af_netlink.c).
	bufferSize = 8 << 10

	// The kernel answers within the system call. A wait is a kernel that
	// only imitates netlink, and ends after patience, restarted by a signal
	// (SO_RCVTIMEO: signal(7)) at most maxInterrupts times.
	patienceMicroseconds = 250_000
	maxInterrupts        = 20

	// maxListings is how often a listing that changed under way is repeated.
	maxListings = 3
)

// errChanged is a listing that was never whole, maxListings times.
var errChanged = errors.New("sockets changed during every listing")

// diagListeners lists through sock_diag(7). What refuses it: gVisor with
// EPROTONOSUPPORT, seccomp filters with EPERM or EACCES, a kernel without
// tcp_diag with ENOENT.
func diagListeners() ([]Listener, error) {
	s, err := openSocket()
	if err != nil {
		return nil, fmt.Errorf("sock_diag: %w", err)
	}
	defer s.close()
	return s.listeners()
}

// socket is an open sock_diag(7) socket and where its datagrams are put. It is
// not safe for concurrent use.
type socket struct {
	fd  int
	seq uint32 // of the last request
	buf []byte
}

// openSocket connects to the kernel, which then lets no process write to this
// socket (netlink_getsockbyportid in net/netlink/af_netlink.c).
func openSocket() (*socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	s := newSocket(fd)
	err = unix.Connect(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
	if err == nil {
		err = s.setPatience()
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func newSocket(fd int) *socket {
	return &socket{fd: fd, buf: make([]byte, bufferSize)}
}

func (s *socket) close() { unix.Close(s.fd) }

func (s *socket) setPatience() error {
	t := unix.NsecToTimeval(patienceMicroseconds * 1000)
	return unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &t)
}

// listeners returns those of both families.
func (s *socket) listeners() ([]Listener, error) {
	list, err := s.family(unix.AF_INET, nil)
	if err != nil {
		return nil, fmt.Errorf("sock_diag, IPv4: %w", err)
	}
	both, err := s.family(unix.AF_INET6, list)
	if noFamily(err) {
		return list, nil // IPv4 was answered: this is a kernel without IPv6
	}
	if err != nil {
		return nil, fmt.Errorf("sock_diag, IPv6: %w", err)
	}
	return both, nil
}

// noFamily reports whether the kernel has no sockets of that kind.
func noFamily(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EAFNOSUPPORT)
}

// family appends the listeners of one family to list.
func (s *socket) family(family uint8, list []Listener) ([]Listener, error) {
	before := len(list)
	for range maxListings {
		list = list[:before]
		whole, err := s.each(request{family: family, states: 1 << tcpListen}, func(r row) {
			if r.state == tcpListen {
				list = append(list, Listener{r.local, r.uid, uint64(r.inode), r.rqueue, r.wqueue})
			}
		})
		if err != nil {
			return nil, err
		}
		if whole {
			return list, nil
		}
	}
	return nil, errChanged
}

// each calls f for every TCP socket that is asked for, and reports whether the
// listing is whole as far as the kernel knows.
func (s *socket) each(which request, f func(row)) (whole bool, err error) {
	s.seq++
	if err := s.send(encodeRequest(binary.NativeEndian, s.seq, which)); err != nil {
		return false, err
	}
	whole = true
	for {
		b, err := s.receive()
		if err != nil {
			return false, err
		}
		a, err := parseDatagram(binary.NativeEndian, b, s.seq, f)
		if err != nil {
			return false, err
		}
		whole = whole && !a.interrupted
		if a.done {
			return whole, nil
		}
	}
}

func (s *socket) send(b []byte) error {
	for range maxInterrupts {
		_, err := unix.Write(s.fd, b)
		if err != unix.EINTR {
			return err
		}
	}
	return unix.EINTR
}

// receive returns the next datagram, valid until the next call.
func (s *socket) receive() ([]byte, error) {
	for range maxInterrupts {
		n, _, flags, _, err := unix.Recvmsg(s.fd, s.buf, nil, 0)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return nil, unix.ETIMEDOUT
		case err != nil:
			return nil, err
		case flags&unix.MSG_TRUNC != 0:
			return nil, errCut
		default:
			return s.buf[:n], nil
		}
	}
	return nil, unix.EINTR
}
