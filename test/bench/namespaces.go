package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// apartVariable tells the bench that it is in a network namespace of its own.
	apartVariable = "BENCH_APART"
	// stageArg makes the bench the last thing before an init: it becomes PID 1 and then the init.
	stageArg = "stage"
	// loopbackArg makes the bench the last thing before a command in a network namespace of its own.
	loopbackArg = "loopback"
)

// step becomes what follows one of the words above, and does not return if args begin with one.
func step(args []string) {
	if len(args) > 2 && args[0] == stageArg {
		fail(stage(args[1], args[2:]))
	}
	if len(args) > 1 && args[0] == loopbackArg {
		fail(withLoopback(args[1:]))
	}
}

// apart runs the bench again in a network namespace of its own, where no drainit of this machine holds the probe
// port, and as root of a user namespace if it is not root already.
func apart() error {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), apartVariable+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	err := cmd.Run()
	if errors.Is(err, syscall.EPERM) {
		return fmt.Errorf("namespaces are not to be had here: %w; run it as root", err)
	}
	return err
}

// asPID1 returns a command that runs argv as PID 1 of new PID and mount namespaces, in the cgroup whose cgroup.procs is
// given, or in the bench's own. Its standard output begins with a stamp taken just before the exec.
func asPID1(argv []string, cgroup string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", append([]string{stageArg, cgroup}, argv...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// stage joins the cgroup, gives the namespace its own /proc, writes the stamp and becomes argv. It returns only on
// error. Taking the time here and not in the parent leaves fork, namespaces and the Go runtime of the bench out of the
// measurement.
func stage(cgroup string, argv []string) error {
	if cgroup != "" {
		if err := os.WriteFile(cgroup, []byte("0"), 0); err != nil {
			return fmt.Errorf("joining a cgroup: %w", err)
		}
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	if err := binary.Write(os.Stdout, binary.NativeEndian, monotonic()); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", argv[0], unix.Exec(argv[0], argv, os.Environ()))
}
