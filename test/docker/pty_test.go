package docker_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"drainit/internal/testkit"
)

// A terminal is a pseudoterminal with a command of the Docker CLI on it, and
// what the command has shown so far.
type terminal struct {
	t     *testing.T
	pty   *os.File
	ended chan error

	lock  sync.Mutex
	shown strings.Builder
	seen  int // so much of it has been waited for
}

// dockerOnTerminal runs the Docker CLI on a terminal of its own, see pts(4).
func dockerOnTerminal(t *testing.T, args ...string) *terminal {
	t.Helper()
	pty, tty, err := testkit.OpenPTY()
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()

	cmd := exec.Command("docker", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, pty: pty, ended: make(chan error, 1)}
	go term.read()
	go func() { term.ended <- cmd.Wait() }()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("docker %s showed:\n%s", strings.Join(args, " "), term.text())
		}
		cmd.Process.Kill() // the CLI; the container is removed by its owner
		pty.Close()
	})
	return term
}

// read collects what is shown until the last writer has gone, which a pty says
// with EIO.
func (term *terminal) read() {
	buffer := make([]byte, 4096)
	for {
		n, err := term.pty.Read(buffer)
		term.lock.Lock()
		term.shown.Write(buffer[:n])
		term.lock.Unlock()
		if err != nil {
			return
		}
	}
}

// text returns what was shown so far.
func (term *terminal) text() string {
	term.lock.Lock()
	defer term.lock.Unlock()
	return term.shown.String()
}

// waitFor waits until a text has been shown after the one waited for last.
func (term *terminal) waitFor(text string) {
	term.t.Helper()
	eventually(term.t, fmt.Sprintf("the terminal shows %q", text), func() bool {
		at := strings.Index(term.text()[term.seen:], text)
		if at >= 0 {
			term.seen += at + len(text)
		}
		return at >= 0
	})
}

// press types keys.
func (term *terminal) press(keys string) {
	term.t.Helper()
	if _, err := term.pty.WriteString(keys); err != nil {
		term.t.Fatal(err)
	}
}

// exitStatus waits until the CLI has ended, and returns its exit status, which
// is the container's.
func (term *terminal) exitStatus() int {
	term.t.Helper()
	var err error
	eventually(term.t, "docker run ends", func() bool {
		select {
		case err = <-term.ended:
			return true
		default:
			return false
		}
	})
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		term.t.Fatal(err)
	}
	return 0
}
