package process

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// unreadLook is how often it is looked whether the program still reads what was
	// sent before the hangup.
	unreadLook = 100 * time.Millisecond

	// unreadPatience is how long what nobody reads is waited for.
	unreadPatience = time.Second
)

// Hangup watches the other end of a descriptor, and touches no byte. hungUp is closed when
// that end has been closed and what it sent has been read, or nobody has read of it for a
// second. It takes no thread: epoll(7) is told to look for a hangup alone, and Go's runtime
// polls that. The error says why there cannot be a hangup any more, or at all.
func Hangup(fd int) (hungUp <-chan struct{}, err error) {
	if closed(fd) {
		return nil, errors.New("it has ended already")
	}
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	if err := unix.EpollCtl(poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLRDHUP, Fd: int32(fd)}); err != nil {
		unix.Close(poll)
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EBADF) {
			return nil, errors.New("it is no pipe, socket or terminal, whose other end could go")
		}
		return nil, err
	}
	file, conn, err := Pollable(poll, "hangup")
	if err != nil {
		return nil, err
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		defer file.Close()
		_ = conn.Read(func(uintptr) bool { return closed(fd) })
		waitUntilRead(fd)
	}()
	return gone, nil
}

// closed reports whether the other end has been closed.
func closed(fd int) bool {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
	for {
		n, err := unix.Poll(poll, 0)
		if err != unix.EINTR {
			return n > 0 && poll[0].Revents&(unix.POLLHUP|unix.POLLRDHUP|unix.POLLERR) != 0
		}
	}
}

// waitUntilRead waits as long as somebody reads what is left.
func waitUntilRead(fd int) {
	left, since := unread(fd), time.Now()
	for left > 0 && time.Since(since) < unreadPatience {
		time.Sleep(unreadLook)
		if now := unread(fd); now != left {
			left, since = now, time.Now()
		}
	}
}

// unread is how many bytes wait to be read, as far as the kernel tells.
func unread(fd int) int {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return 0
	}
	return n
}
