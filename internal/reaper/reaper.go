// Package reaper is the only waiter of the process: it reaps whatever ends,
// knows what an exit status means and how far a SIGKILL may reach. What is done
// about an exit is the caller's business.
package reaper

import (
	"golang.org/x/sys/unix"
)

// Reap waits, without blocking, for every child that has changed state, and
// calls ended for each that has ended. It reports whether no child is left.
// SIGCHLD is not queued, so one signal may stand for many ends: call Reap for
// each SIGCHLD and it drains them all (wait(2), signal(7)).
//
// A child that asked to be traced (PTRACE_TRACEME) makes its parent the tracer,
// and every signal sent to it a stop that only the tracer can end. For each such
// stop Reap calls traced, which must see to it that [Detach] is called on the
// tracer's thread.
func Reap(ended func(pid int, ws unix.WaitStatus), traced func(pid int, sig unix.Signal)) (none bool) {
	for {
		var ws unix.WaitStatus
		pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.ECHILD:
			return true
		case err != nil || pid == 0:
			return false
		case ws.Stopped():
			traced(pid, ws.StopSignal())
		case ws.Exited(), ws.Signaled():
			ended(pid, ws)
		}
	}
}

// Detach lets a child go that stopped as a tracee, with the signal that stopped
// it: drainit traces nobody. The SIGTRAP of an execve(2) is meant for a tracer
// only and would kill the program. It must be called on the thread that forked the
// child, or, where the child was adopted, the first thread of the process
// (ptrace(2)).
func Detach(pid int, sig unix.Signal) {
	if sig == unix.SIGTRAP {
		sig = 0
	}
	// ESRCH: it is gone, or not ours to let go. Either way there is nothing to do.
	unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_DETACH, uintptr(pid), 0, uintptr(sig), 0, 0)
}

// Status returns what a shell would say of the end: the exit status, or 128+n
// where signal n ended it.
func Status(ws unix.WaitStatus) int {
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}

// Adopt makes orphans among the descendants children of this process where it
// is not PID 1 of its namespace anyway (PR_SET_CHILD_SUBREAPER, prctl(2)).
func Adopt() error {
	if unix.Getpid() == 1 {
		return nil
	}
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}
