// Package launch is what comes before the program runs: binding the probe address,
// finding the program's file, starting it, and saying why it cannot be started.
package launch

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// shell runs scripts that do not say what runs them, as execvp(3) does.
const shell = "/bin/sh"

// Child is the program drainit was given.
type Child struct {
	PID      int
	Terminal bool // it has the terminal's foreground
}

// Start forks and executes argv, found at file. The child leads a process group
// of its own, in the terminal's foreground if this process has it, and gets
// every descriptor that was inherited, the original resource limits
// (syscall.ForkExec restores RLIMIT_NOFILE), default signal dispositions and
// the signal mask of the calling thread. It returns when execve(2) has
// succeeded or failed. parentDeath, unless 0, is what the child gets when the calling
// thread has ended, which must be one that does so with this process (prctl(2),
// PR_SET_PDEATHSIG).
func Start(file string, argv, env []string, parentDeath syscall.Signal) (Child, error) {
	if tellsPID(env) {
		file, argv, env = viaOwnPID(file, argv, env)
	}
	terminal := InForeground(0)
	attr := &syscall.ProcAttr{
		Env:   env,
		Files: []uintptr{0, 1, 2},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Foreground: terminal, Ctty: 0, Pdeathsig: parentDeath},
	}
	pid, err := syscall.ForkExec(file, argv, attr)
	if errors.Is(err, syscall.ENOEXEC) && !isELF(file) {
		script := append([]string{shell, file}, argv[1:]...)
		pid, err = syscall.ForkExec(shell, script, attr)
		if err != nil {
			err = syscall.ENOEXEC // what is wrong is the file, not the shell
		}
	}
	return Child{pid, terminal}, err
}

// isELF reports whether the file is a binary, which no shell can run: one for
// another architecture, most likely.
func isELF(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	magic := make([]byte, 4)
	n, _ := f.Read(magic)
	return n == 4 && string(magic) == "\x7fELF"
}

// InForeground reports whether fd is this process's controlling terminal and
// its group the terminal's foreground group. Without a terminal tcgetpgrp(3)
// fails with ENOTTY, behind a closed or foreign one with EIO or ENXIO: no.
func InForeground(fd int) bool {
	pgrp, err := unix.IoctlGetUint32(fd, unix.TIOCGPGRP)
	return err == nil && int(pgrp) == unix.Getpgrp()
}

// SharesForeground reports whether the child is in this process's own group
// and that is the terminal's foreground group, so that ^C reaches both.
func (c Child) SharesForeground() bool {
	pgid, err := unix.Getpgid(c.PID)
	return err == nil && pgid == unix.Getpgrp() && InForeground(0)
}
