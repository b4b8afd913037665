package front

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// settleListener is how long handshakes that have begun may take to their end
	// once no new one is begun: the way to the client and back.
	settleListener = 50 * time.Millisecond

	// emptyLooks bounds the accepting of what is in the queue then: half a second's, or
	// longer where the process has to wait for a processor. Counted by the clock they
	// could all pass in such a wait, and the queue be reset.
	emptyLooks = 500
)

// A listener is a route's.
type listener struct {
	net.Listener
	front *Front
	to    *target
}

// serve serves each client, and waits for room for it before. It returns why the
// listener ended.
func (l *listener) serve() error {
	for {
		l.front.waitForRoom()
		c, err := l.Listener.Accept()
		if err == nil {
			go l.front.admit(c, l.to).serve()
		} else if !l.front.acceptFailed(err) {
			return err
		}
	}
}

// finish closes the listener without losing a connection. The kernel resets those
// that nobody has accepted yet, so new ones are kept out first and the queue is
// emptied. Who tries to connect meanwhile tries again after a second (tcp(7)), and
// is refused then, as after a close.
func (l *listener) finish() {
	defer l.Listener.Close()
	s, ok := l.Listener.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return
	}
	if dropSYN(raw) == nil {
		time.Sleep(settleListener)
	}
	waitEmpty(func() bool { return queued(raw) })
	// Another process may have the socket open, too; it must not go on listening.
	raw.Control(func(fd uintptr) { unix.Shutdown(int(fd), unix.SHUT_RDWR) })
}

// waitEmpty gives the others time to accept what is queued.
func waitEmpty(queued func() bool) {
	for range emptyLooks {
		if !queued() {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// dropSYN makes the kernel drop what begins a connection to this listener, and
// nothing else: a SYN without ACK in byte 13 of the TCP header (socket(7),
// SO_ATTACH_FILTER).
func dropSYN(raw syscall.RawConn) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 13},
		{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: 0x12},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 0x02, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: 1 << 18},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	err := error(unix.ENOPROTOOPT)
	raw.Control(func(fd uintptr) {
		if d, _ := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN); d != unix.AF_UNIX {
			err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program)
		}
	})
	return err
}

// queued reports whether a connection waits to be accepted.
func queued(raw syscall.RawConn) bool {
	waiting := false
	raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(p, 0)
		waiting = err == nil && n > 0 && p[0].Revents&unix.POLLIN != 0
	})
	return waiting
}
