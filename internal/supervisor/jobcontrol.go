package supervisor

import (
	"syscall"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/launch"
	"drainit/internal/look"
)

// job is what a terminal does to a shell's job. The child has a process group of its
// own, so it is done to the child alone: ^Z stops the child, and the shell goes on
// waiting for a drainit that runs.
type job struct {
	stopped   func(pid int) (sig unix.Signal, ok bool) // what stopped a child; nil: nobody knows
	suspended bool                                     // this process has stopped itself and its group
}

// jobControl acts on a child that the terminal has stopped, unless it is being
// stopped for good. One that wants the terminal gets it where it is this process's
// to give. Else a job of a shell is stopped as a whole, which is for its shell to
// continue.
func (s *supervisor) jobControl() {
	if s.job.stopped == nil || s.end.ended || s.machine.State() != drain.Running {
		return
	}
	sig, ok := s.job.stopped(s.child.PID)
	switch {
	case !ok || sig == syscall.SIGSTOP:
	case sig != syscall.SIGTSTP && giveTerminal(s.child.PID):
		s.child.Terminal = true
		_ = s.host.kill(-s.child.PID, syscall.SIGCONT)
	case isShellsJob():
		s.job.suspended = true
		_ = s.host.kill(0, syscall.SIGSTOP)
	}
}

// resume is what SIGCONT means to a shell's job: fg, which gives it the terminal, or
// bg.
func (s *supervisor) resume() {
	if s.child.Terminal && s.job.stopped != nil {
		giveTerminal(s.child.PID)
	}
	if s.job.suspended {
		s.job.suspended = false
		_ = s.host.kill(-s.child.PID, syscall.SIGCONT)
	}
}

// giveTerminal makes a group the foreground of the controlling terminal, if this
// process's own group is that.
func giveTerminal(pgid int) bool {
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return launch.InForeground(fd) && unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, pgid) == nil
}

// isShellsJob reports whether this process is of a group that a shell with job
// control has made. Without one nobody would continue what is stopped.
func isShellsJob() bool {
	own := unix.Getpgrp()
	for _, p := range look.Ancestors() {
		if pgid, err := unix.Getpgid(p.PID); err == nil && pgid != own {
			look.ReadMasks(&p)
			return p.ControlsJobs()
		}
	}
	return false
}
