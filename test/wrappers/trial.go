package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// A trial is one wrapper around the program, and what is done to them. Its steps are pairs of words:
//
//	TERM outer        the signal to the process that was started
//	STOP child        to its child, if it has become no other program
//	STOP around       to all that is around the program, from the outside; that they stop is waited for
//	TERM+CONT around  both to each of them, from the inside
//	exit0 program     an order: exit0, exit7 or die, which is of SIGTERM; its end is waited for, as a zombie or gone
//	state outer       the state of the process that was started, as in proc(5), is written down
//	watch 400ms       everything that happens is written down, until all is over or the time is
type trial struct {
	Command  []string // the program's path stands for itself
	Setup    string   // for /bin/sh, before
	Terminal bool     // it has one, and is the leader of its session
	Steps    []string
}

// An event is something that was seen, After the first step.
type event struct {
	After time.Duration
	What  string
}

// An outcome is what became of a trial.
type outcome struct {
	Started int // the PID of the process that was started
	Program process
	Around  []process // from the outside
	Beside  []process // what else there is
	Events  []event
	Output  string
	Err     string
}

// run makes namespaces for the trial and runs it in them, in the given root, with self as their PID 1.
func (t trial) run(root, self string) outcome {
	text, err := json.Marshal(t)
	if err != nil {
		return outcome{Err: err.Error()}
	}
	command := exec.Command(self, "inside", string(text))
	command.SysProcAttr = &syscall.SysProcAttr{
		Chroot:     root,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS | syscall.CLONE_NEWNET,
		// Unshared, so that nothing is mounted elsewhere too: Go makes all mounts private then, before the chroot(2).
		Unshareflags: syscall.CLONE_NEWNS,
	}
	command.Dir = "/"
	command.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=linux", "LC_ALL=C"}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return outcome{Err: fmt.Sprintf("%v: %s", err, stderr.Bytes())}
	}
	var o outcome
	if err := json.Unmarshal(stdout.Bytes(), &o); err != nil {
		return outcome{Err: fmt.Sprintf("%v: %s %s", err, stdout.Bytes(), stderr.Bytes())}
	}
	return o
}

// handleIgnored has what this process was started with ignored, by nohup(1) or a shell's
// background, be what it usually is in what it starts: execve(2) resets handlers alone.
func handleIgnored() {
	for sig := syscall.Signal(1); sig < 32; sig++ {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
}

// inside is PID 1 of a trial.
func inside(text string) error {
	var t trial
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return err
	}
	handleIgnored()
	if err := furnish(); err != nil {
		return err
	}
	if t.Setup != "" {
		if output, err := exec.Command("/bin/sh", "-c", t.Setup).CombinedOutput(); err != nil {
			return fmt.Errorf("setup: %w: %s", err, output)
		}
	}
	w := watch{}
	if err := w.run(t); err != nil {
		w.outcome.Err = err.Error()
	}
	output, _ := os.ReadFile(outputPath)
	w.outcome.Output = string(output)
	return json.NewEncoder(os.Stdout).Encode(w.outcome)
}
