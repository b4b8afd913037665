package reaper

import "golang.org/x/sys/unix"

// KillAll sends SIGKILL to everything this process answers for, and reports how
// many of the targets it reached.
//
// As PID 1 that is its namespace: kill(-1), which spares the caller, whatever
// else the namespace holds included. It does not tell whom it may not signal
// (kill(2): success if one could be, and none at all is no error), so the
// targets are signalled one by one as well. Otherwise it is the targets alone,
// which must be this process's own children, zombies or not, or, negative, the
// group of one: only a child cannot vanish and have its PID taken by a stranger
// before it is reaped. Their children become ours as they die, so call it again
// after each Reap until none is left.
//
// The error is of the last target that could not be signalled; ESRCH is none.
func KillAll(targets []int) (sent int, err error) {
	if unix.Getpid() == 1 {
		err = kill(-1)
	}
	for _, pid := range targets {
		if pid >= -1 && pid <= 1 { // everybody, our own group, or init
			continue
		}
		if failed := kill(pid); failed != nil {
			err = failed
		} else {
			sent++
		}
	}
	return sent, err
}

func kill(pid int) error {
	if err := unix.Kill(pid, unix.SIGKILL); err != nil && err != unix.ESRCH {
		return err
	}
	return nil
}
