package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// replica is one running copy of the server, alone or under drainit.
type replica struct {
	trail
	cmd     *exec.Cmd
	output  output
	stopped chan struct{} // closed at T0 of its stop
	gone    chan struct{} // closed once it is waited for; its life has the status then
	entered chan struct{}
	left    chan struct{}
}

// run starts cmd as the replica. Its own goroutine waits for it.
func (r *replica) run(cmd *exec.Cmd) error {
	cmd.Env = withoutSettings(os.Environ())
	cmd.Stdout, cmd.Stderr = &r.output, &r.output
	// A descendant that holds the output open must not hold up the wait.
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", r.name, err)
	}
	r.cmd = cmd
	r.mark(started)
	go func() {
		cmd.Wait() // its error is the exit status, which is read below
		r.mark(exited)
		r.exit(exitStatus(cmd.ProcessState))
		close(r.gone)
	}()
	return nil
}

// signal sends sig. A replica that has exited already is no error.
func (r *replica) signal(sig syscall.Signal) error {
	if err := r.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%v to %s: %w", sig, r.name, err)
	}
	return nil
}

// died describes a replica that exited before it should have.
func (r *replica) died() error {
	return fmt.Errorf("%s %s exited %d too early; its last output: %s", r.name, r.version, r.now().status, r.output.last())
}

// exitStatus is the status as a shell gives it: 128+n for signal n.
func exitStatus(state *os.ProcessState) int {
	if wait, ok := state.Sys().(syscall.WaitStatus); ok && wait.Signaled() {
		return 128 + int(wait.Signal())
	}
	return state.ExitCode()
}

// withoutSettings drops the caller's DRAINIT_ variables, which would change
// what is measured.
func withoutSettings(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "DRAINIT_") {
			kept = append(kept, entry)
		}
	}
	return kept
}
