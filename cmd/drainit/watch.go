package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// lookEvery is how often a process is looked for where the kernel or a seccomp
// filter has no pidfd_open(2).
const lookEvery = 100 * time.Millisecond

// watch sends pid when that process, which need not be a child, is gone.
func watch(pid int, gone chan<- int) {
	fd, err := unix.PidfdOpen(pid, 0)
	go func() {
		if err == nil {
			waitReadable(fd)
			unix.Close(fd)
		} else {
			for err != unix.ESRCH && unix.Kill(pid, 0) != unix.ESRCH {
				time.Sleep(lookEvery)
			}
		}
		gone <- pid
	}()
}

// waitReadable blocks until the process of a pidfd has ended.
func waitReadable(fd int) {
	for {
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1); err != unix.EINTR {
			return
		}
	}
}
