package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// inNetwork returns a command that runs argv in a network namespace of its own, with nothing but its loopback.
func inNetwork(argv ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", append([]string{loopbackArg}, argv...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// withLoopback becomes argv. It returns only on error.
func withLoopback(argv []string) error {
	if err := raiseLoopback(); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", argv[0], unix.Exec(argv[0], argv, os.Environ()))
}

// raiseLoopback sets the loopback of this network namespace up; in a new one it is down (netdevice(7)).
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("the loopback: %w", err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("the loopback: %w", err)
	}
	return nil
}
