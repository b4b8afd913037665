package reaper

import "golang.org/x/sys/unix"

// KillAll sends SIGKILL to everything this process answers for.
//
// As PID 1 that is its namespace: kill(-1), which spares the caller, whatever
// else the namespace holds included. Otherwise it is its own children, which
// KillAll is given: only a child cannot vanish and have its PID taken by a
// stranger before it is reaped. Their children become ours as they die, so call
// it again after each Reap until none is left.
//
// The error is of the last process that could not be signalled; ESRCH is none.
func KillAll(children []int) error {
	if unix.Getpid() == 1 {
		return kill(-1)
	}
	var last error
	for _, pid := range children {
		if pid <= 1 {
			continue
		}
		if err := kill(pid); err != nil {
			last = err
		}
	}
	return last
}

func kill(pid int) error {
	if err := unix.Kill(pid, unix.SIGKILL); err != nil && err != unix.ESRCH {
		return err
	}
	return nil
}
