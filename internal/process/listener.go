package process

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// InodeOf returns the inode of a socket, 0 where there is none.
func InodeOf(l net.Listener) uint64 {
	var st unix.Stat_t
	if !Control(l, func(fd int) error { return unix.Fstat(fd, &st) }) {
		return 0
	}
	return st.Ino
}

// Control does something with a listener's socket and reports whether it could.
func Control(l net.Listener, do func(fd int) error) bool {
	conn, ok := l.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	done := raw.Control(func(fd uintptr) { err = do(int(fd)) })
	return done == nil && err == nil
}
