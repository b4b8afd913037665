package conns

import (
	"encoding/binary"
	"errors"
	"unsafe"

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

// socket is a sock_diag(7) socket, where its datagrams are put and what is asked: to
// open it again makes no garbage. It is not safe for concurrent use.
type socket struct {
	fd     int
	seq    uint32 // of the last request
	buf    []byte
	asks   []byte
	kernel unix.SockaddrNetlink
}

// open connects to the kernel, which then lets no process write to this
// socket (netlink_getsockbyportid in net/netlink/af_netlink.c).
func (s *socket) open() (err error) {
	if s.fd, err = unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG); err != nil {
		return err
	}
	s.kernel.Family = unix.AF_NETLINK
	err = unix.Connect(s.fd, &s.kernel)
	if err == nil {
		err = s.setPatience()
	}
	if err != nil {
		s.close()
	}
	return err
}

func openSocket() (*socket, error) {
	s := new(socket)
	return s, s.open()
}

func newSocket(fd int) *socket { return &socket{fd: fd} }

func (s *socket) close() { unix.Close(s.fd) }

func (s *socket) setPatience() error {
	t := unix.NsecToTimeval(patienceMicroseconds * 1000)
	return unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &t)
}

// listeners appends those of both families to list.
func (s *socket) listeners(list []Listener) ([]Listener, error) {
	list, err := s.family(unix.AF_INET, list)
	if err != nil {
		return nil, err
	}
	both, err := s.family(unix.AF_INET6, list)
	if noFamily(err) {
		return list, nil // IPv4 was answered: this is a kernel without IPv6
	}
	return both, err
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
	s.asks = appendRequest(s.asks[:0], binary.NativeEndian, s.seq, which)
	if err := s.send(s.asks); err != nil {
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

// receive returns the next datagram, valid until the next call. It is recv(2) with the
// length as it was sent (MSG_TRUNC), as [unix.Recvmsg] makes garbage.
func (s *socket) receive() ([]byte, error) {
	if s.buf == nil {
		s.buf = make([]byte, bufferSize)
	}
	for range maxInterrupts {
		n, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(s.fd),
			uintptr(unsafe.Pointer(&s.buf[0])), bufferSize, unix.MSG_TRUNC, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno == unix.EAGAIN:
			return nil, unix.ETIMEDOUT
		case errno != 0:
			return nil, errno
		case n > bufferSize:
			return nil, errCut
		default:
			return s.buf[:n], nil
		}
	}
	return nil, unix.EINTR
}
