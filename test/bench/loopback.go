package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"drainit/test/network"

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
	if err := network.LoopbackUp(); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", argv[0], unix.Exec(argv[0], argv, os.Environ()))
}
