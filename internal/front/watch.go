package front

import (
	"os"

	"golang.org/x/sys/unix"
)

// A watcher sees that clients send no more, or have gone, while their requests are
// answered and nobody reads from them. It costs a request nothing: the kernel tells of
// ends alone, once each (epoll(7), EPOLLRDHUP and EPOLLET).
type watcher struct {
	file *os.File // of the epoll instance
	last uint32   // connection
}

// watch has c.hangUp called. The caller holds f.mu.
func (f *Front) watch(c *conn) error {
	if c.raw == nil {
		return nil
	}
	if f.watcher.file == nil {
		fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
		if err != nil {
			return os.NewSyscallError("epoll_create1", err)
		}
		unix.SetNonblock(fd, true) // so that Go's own poller waits for it
		f.watcher.file = os.NewFile(uintptr(fd), "epoll")
		go f.look(f.watcher.file)
	}
	for c.id == 0 || f.watched[c.id] != nil {
		f.watcher.last++
		c.id = f.watcher.last
	}
	if err := f.watcher.control(c, unix.EPOLL_CTL_ADD, 0); err != nil {
		c.id = 0
		return err
	}
	f.watched[c.id] = c
	return nil
}

// control is epoll_ctl(2) with what is watched for beside the end.
func (w *watcher) control(c *conn, op int, beside uint32) error {
	if w.file == nil {
		return os.ErrClosed
	}
	epoll, err := w.file.SyscallConn()
	if err != nil {
		return err
	}
	e := unix.EpollEvent{Events: unix.EPOLLRDHUP | unix.EPOLLET | beside, Fd: int32(c.id)}
	ctlErr := error(os.ErrClosed)
	epoll.Control(func(epfd uintptr) {
		c.raw.Control(func(fd uintptr) { ctlErr = unix.EpollCtl(int(epfd), op, int(fd), &e) })
	})
	return ctlErr
}

// unwatch forgets c, which is about to be closed. The watcher ends with the last one
// once the front is closed. The caller holds f.mu.
func (f *Front) unwatch(c *conn) {
	delete(f.watched, c.id)
	f.endWatch()
}

func (f *Front) endWatch() {
	if f.watcher.file != nil && len(f.watched) == 0 && f.closing.Load() {
		f.watcher.file.Close()
		f.watcher.file = nil
	}
}

// look tells connections of what the kernel tells.
func (f *Front) look(epoll *os.File) {
	raw, err := epoll.SyscallConn()
	if err != nil {
		return
	}
	var events [64]unix.EpollEvent
	for {
		n := 0
		err := raw.Read(func(fd uintptr) bool {
			n, _ = unix.EpollWait(int(fd), events[:], 0)
			return n > 0
		})
		if err != nil {
			return
		}
		for _, e := range events[:n] {
			f.mu.Lock()
			c := f.watched[uint32(e.Fd)]
			f.mu.Unlock()
			if c == nil {
				continue
			}
			if e.Events&(unix.EPOLLRDHUP|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
				c.hangUp(e.Events&(unix.EPOLLERR|unix.EPOLLHUP) != 0)
			} else {
				c.stir()
			}
		}
	}
}
