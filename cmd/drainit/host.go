package main

import (
	"syscall"

	"golang.org/x/sys/unix"

	"drainit/internal/reaper"
	"drainit/internal/signals"
)

// host is what the supervisor does to processes and asks of them: the seam at
// which a test can put instants without processes.
type host struct {
	kill     func(pid int, sig syscall.Signal) error // kill(2): a negative pid is a group
	killAll  func(children []int) error
	reap     func(ended func(pid int, ws unix.WaitStatus)) (none bool)
	children func() []int
	isChild  func(pid, parent int) bool
	lookAt   func(pid int) signals.Process
	watch    func(pid int, gone chan<- int) // sends pid when it is gone
	oomKills func() (int, bool)
}

func realHost(oomKills func() (int, bool)) host {
	return host{
		kill:     syscall.Kill,
		killAll:  reaper.KillAll,
		reap:     reaper.Reap,
		children: ownChildren,
		isChild:  isChild,
		lookAt:   lookAt,
		watch:    watch,
		oomKills: oomKills,
	}
}
