package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// The words after which this program, started by itself, is not the
// demonstration but a step on the way into a namespace.
const (
	enterVerb = "in-namespace" // mount /proc, then become the command that follows
	checkVerb = "is-pid-one"   // exit 0 if this is PID 1 and /proc says so
)

// isolation is how a replica is kept apart, as a container would be.
type isolation int

const (
	// plain is not at all: the kernel allows no namespace here.
	plain isolation = iota
	// inNamespace gives PID and mount namespaces, which root can make.
	inNamespace
	// inUserNamespace gives the same inside a user namespace, which others can
	// make where unprivileged user namespaces are allowed.
	inUserNamespace
)

// String says what a replica is.
func (i isolation) String() string {
	return [...]string{
		"an ordinary process (no PID namespaces here)",
		"PID 1 of a PID namespace of its own",
		"PID 1 of a PID namespace of its own (in a user namespace)",
	}[i]
}

// bestIsolation tries each way and returns the best one that works here.
func bestIsolation(self string) isolation {
	for _, i := range []isolation{inNamespace, inUserNamespace} {
		if i.command(self, self, checkVerb).Run() == nil {
			return i
		}
	}
	return plain
}

// command returns the command that runs argv so isolated. self is this program.
func (i isolation) command(self string, argv ...string) *exec.Cmd {
	// Setsid: neither ^C at the terminal nor its foreground group is the
	// replica's. Pdeathsig: nothing outlives a demonstration that is killed.
	attributes := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if i != plain {
		argv = append([]string{self, enterVerb}, argv...)
		attributes.Cloneflags = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS
	}
	if i == inUserNamespace {
		attributes.Cloneflags |= syscall.CLONE_NEWUSER
		attributes.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		attributes.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = attributes
	return cmd
}

// step takes the step that args ask for and reports whether there was one; the
// status is then this process's. entering returns only when it could not.
func step(args []string) (status int, ok bool) {
	switch {
	case len(args) == 1 && args[0] == checkVerb:
		return isPIDOne(), true
	case len(args) > 1 && args[0] == enterVerb:
		fmt.Fprintln(os.Stderr, "rollout:", enter(args[1:]))
		return 126, true
	default:
		return 0, false
	}
}

// enter mounts the /proc of the new PID namespace and becomes argv, which keeps
// PID 1 through execve(2). Without that mount /proc goes on showing the old
// namespace, and /proc/self is nothing (pid_namespaces(7)).
func enter(argv []string) error {
	// Not shared with the mount namespace that this one was copied from.
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make / private: %w", err)
	}
	flags := uintptr(syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC)
	if err := syscall.Mount("proc", "/proc", "proc", flags, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return fmt.Errorf("execute %s: %w", argv[0], syscall.Exec(argv[0], argv, os.Environ()))
}

// isPIDOne is the exit status of checkVerb.
func isPIDOne() int {
	self, err := os.Readlink("/proc/self")
	if err != nil || os.Getpid() != 1 || strings.TrimSpace(self) != "1" {
		return 1
	}
	return 0
}
