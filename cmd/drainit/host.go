package main

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/reaper"
	"drainit/internal/signals"
)

// host is what the supervisor does to processes and asks of them: the seam at
// which a test can put instants without processes.
type host struct {
	init     bool                                    // this process is PID 1: its end is everybody's
	kill     func(pid int, sig syscall.Signal) error // kill(2): a negative pid is a group
	killAll  func(targets []int) (sent int, err error)
	reap     func(ended func(pid int, ws unix.WaitStatus)) (none bool)
	children func() (pids []int, known bool) // all that are not reaped yet: see ownChildren
	group    func(pgid int) (pids []int)     // what descends from this process and is in that group
	isChild  func(pid, parent int) bool
	lookAt   func(pid int, patience time.Duration) signals.Process
	watch    func(pid int, gone chan<- int) // sends pid when it is gone
	oomKills func() (int, bool)
}

func realHost(oomKills func() (int, bool)) host {
	return host{
		init:     os.Getpid() == 1,
		kill:     syscall.Kill,
		killAll:  reaper.KillAll,
		reap:     reaper.Reap,
		children: ownChildren,
		group:    groupOf,
		isChild:  isChild,
		lookAt:   looker{newCommandLines()}.at,
		watch:    watch,
		oomKills: oomKills,
	}
}
