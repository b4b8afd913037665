package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// apartVariable tells this program that it is in a network namespace of its own.
const apartVariable = "EVIDENCE_APART"

// The words after which this program, started by itself, is a part of what is measured.
const (
	holdStage  = "hold"  // hold connections
	stopStage  = "stop"  // play one stop
	initStage  = "init"  // mount /proc, become the command
	serveStage = "serve" // be the server that is stopped
)

// stages is a function: what it names is on the way back to itself.
func stages() map[string]func(args []string) error {
	return map[string]func([]string) error{
		holdStage:  holdConnections,
		stopStage:  playStop,
		initStage:  becomeInit,
		serveStage: serve,
	}
}

// apart runs this program once more in a network namespace of its own, where nobody else's connections are counted.
func apart() error {
	cmd := again(unix.CLONE_NEWNET, os.Args[1:])
	cmd.Env = append(cmd.Env, apartVariable+"=1")
	cmd.Stdout = os.Stdout
	err := cmd.Run()
	if errors.Is(err, syscall.EPERM) {
		return fmt.Errorf("namespaces are not to be had here: %w; run it as root", err)
	}
	return err
}

// asPID1 returns a command that runs argv as PID 1 of new PID and mount namespaces.
func asPID1(argv []string) *exec.Cmd {
	return again(unix.CLONE_NEWPID|unix.CLONE_NEWNS, append([]string{initStage}, argv...))
}

// again returns a command that runs this program once more, and ends with it.
func again(flags uintptr, args []string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = withoutSettings(os.Environ())
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// withoutSettings drops the caller's DRAINIT_ variables, which would change what is measured.
func withoutSettings(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "DRAINIT_") && !strings.HasPrefix(entry, "KUBERNETES_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// becomeInit gives the namespace its own /proc and becomes args. It returns only on error.
func becomeInit(args []string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	return fmt.Errorf("%s: %w", args[0], unix.Exec(args[0], args, os.Environ()))
}
