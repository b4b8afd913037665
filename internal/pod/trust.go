package pod

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// uidOf returns the user of the process at the other end: of one that was
// connected to, the user who called listen(2). The PID that comes with it is of
// no use, 0 across PID namespaces (unix(7), SO_PEERCRED).
func uidOf(c *net.UnixConn) (uid uint32, known bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, false
	}
	var cred *unix.Ucred
	err2 := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err != nil || err2 != nil {
		return 0, false
	}
	return cred.Uid, true
}

// believed reports whether what a process of that user says is more than a
// reason to wait: it could do to this one what it likes.
func believed(uid uint32, known bool) bool {
	return known && (uid == 0 || int(uid) == os.Geteuid())
}

// send writes text without ever waiting, and reports whether all of it went.
func send(c *net.UnixConn, text string) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	sent := false
	err = raw.Control(func(fd uintptr) {
		n, err := unix.SendmsgN(int(fd), []byte(text), nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		sent = err == nil && n == len(text)
	})
	return err == nil && sent
}
