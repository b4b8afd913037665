package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Pollable takes over a descriptor that has something to say at some time, such as a
// pidfd or an epoll(7) instance, and returns what waits for that without a thread of its
// own: Go's runtime polls only what is non-blocking. On an error it is closed.
func Pollable(fd int, name string) (*os.File, syscall.RawConn, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, nil, err
	}
	file := os.NewFile(uintptr(fd), name)
	conn, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, conn, nil
}
