package process

import (
	"net"
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Parent returns the socket to the drainit that started this process in its role, see
// [HasRole].
func Parent() (net.Conn, error) { return net.FileConn(os.NewFile(0, "socket")) }

// IgnoreSignals leaves this process alone with what platforms and terminals send
// to everybody: its parent tells it what to do. Faults stay what they are.
func IgnoreSignals() {
	for n := syscall.Signal(1); n <= 64; n++ {
		if !IsRuntimes(n) {
			signal.Ignore(n)
		}
	}
	ignore(32)
	ignore(34)
}

// IsRuntimes reports whether a signal is a fault, or between the kernel and Go's
// runtime, or cannot be ignored.
func IsRuntimes(n syscall.Signal) bool {
	switch n {
	case syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGURG, syscall.SIGCHLD, 32, 33, 34:
		return true
	case syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS, syscall.SIGABRT:
		return true
	}
	return false
}

// NameThread gives the calling thread, the process's first, its name for ps(1).
func NameThread(name string) {
	text := append([]byte(name), 0)
	_ = unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(&text[0])), 0, 0, 0)
}

// HasRole reports whether this process was started by a drainit in the role of the
// given name: under that, and with a socket on descriptor 0 whose other end is its
// parent's (SO_PEERCRED, unix(7)), or its own, as gVisor says of every one. No program's
// name is shadowed by that.
func HasRole(args []string, name string) bool {
	if args[0] != name {
		return false
	}
	kind, err := unix.GetsockoptInt(0, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || kind != unix.SOCK_SEQPACKET {
		return false
	}
	peer, err := unix.GetsockoptUcred(0, unix.SOL_SOCKET, unix.SO_PEERCRED)
	return err == nil && (int(peer.Pid) == os.Getppid() || int(peer.Pid) == os.Getpid())
}
