package supervisor

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/look"
	"drainit/internal/proc"
	"drainit/internal/process"
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
	watch    func(pid int, gone chan<- int) // sends pid when it is gone
	oomKills func() (int, bool)
	sights
}

// sights is what the supervisor wants to know of processes.
type sights struct {
	children   func() (pids []int, known bool) // all that are not reaped yet: see look.OwnChildren
	group      func(pgid int) (pids []int)     // what descends from this process and is in that group
	isChild    func(pid, parent int) bool
	isStill    func(pid int, began uint64) bool           // the process that began then
	stopped    func(pid int)                              // waits until SIGSTOP has stopped it
	handles    func(pid int, sig syscall.Signal) bool     // it catches the signal
	glance     func(pid int) (p signals.Process, ok bool) // see look.Looker.Glance
	lookAt     func(pid int, patience time.Duration) signals.Process
	tree       func(child int, patience time.Duration) signals.Tree // see look.Looker.Tree
	endedAlone func(pid int) bool                                   // and is not reaped yet: see oomWatch
}

// realHost is the kernel. front is the PID of the front, 0 where there is none,
// own what else is drainit's.
func realHost(front int, oomKills func() (int, bool), first process.FirstThread, own *process.Own) host {
	letGo := func(pid int, sig unix.Signal) { first.Do(func() { reaper.Detach(pid, sig) }) }
	sight := look.New(front, own)
	return host{
		init:     os.Getpid() == 1,
		kill:     syscall.Kill,
		killAll:  reaper.KillAll,
		reap:     func(ended func(int, unix.WaitStatus)) bool { return reaper.Reap(ended, letGo) },
		watch:    look.Watch,
		oomKills: oomKills,
		sights: sights{
			children:   look.OwnChildren,
			group:      look.Group,
			isChild:    look.IsChild,
			isStill:    look.IsStill,
			stopped:    func(pid int) { look.Suspended(pid, look.StopPatience) },
			handles:    look.Handles,
			glance:     sight.Glance,
			lookAt:     sight.At,
			tree:       sight.Tree,
			endedAlone: func(pid int) bool { return reaper.Killed(pid) && proc.EndedAlone(pid) },
		},
	}
}
