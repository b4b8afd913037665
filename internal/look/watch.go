package look

import (
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/process"
)

// lookEvery is how often a process is looked for where the kernel or a seccomp
// filter has no pidfd_open(2).
const lookEvery = 100 * time.Millisecond

// Watch sends pid when that process, which need not be a child, is gone.
func Watch(pid int, gone chan<- int) {
	fd, err := unix.PidfdOpen(pid, 0)
	go func() {
		if err != nil || !waitReadable(fd) {
			for err != unix.ESRCH && unix.Kill(pid, 0) != unix.ESRCH {
				time.Sleep(lookEvery)
			}
		}
		gone <- pid
	}()
}

// waitReadable waits until the process of a pidfd has ended, without a thread of
// its own, and closes it. It reports whether the kernel could tell.
func waitReadable(fd int) bool {
	f, conn, err := process.Pollable(fd, "pidfd")
	if err != nil {
		return false
	}
	defer f.Close()
	return conn.Read(hasEnded) == nil
}

// hasEnded reports whether a pidfd is readable, pidfd_open(2).
func hasEnded(fd uintptr) bool {
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		if err != unix.EINTR {
			return n > 0 || err != nil
		}
	}
}
