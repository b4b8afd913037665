package shapes_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// patience is how long is waited for what must happen.
const patience = 30 * time.Second

// container is a shape that was started.
type container struct {
	t     *testing.T
	dir   string // /t within
	cmd   *exec.Cmd
	out   *testkit.Output // what its processes wrote to standard output and error
	begun time.Time
	ended time.Time
	done  chan struct{}
}

// start runs argv as PID 1 of a container of its own, which ends with the test.
func start(t *testing.T, s shape, argv []string) *container {
	t.Helper()
	c := &container{t: t, dir: t.TempDir(), out: &testkit.Output{}, done: make(chan struct{})}
	_ = os.Chmod(c.dir, 0o777)
	c.write("diary", "")
	_ = os.Chmod(filepath.Join(c.dir, "diary"), 0o666)
	what, err := json.Marshal(map[string]any{
		"Root": s.root(t), "Dir": c.dir, "Bin": bin, "Sh": s.shell(), "Files": s.allFiles(), "Argv": argv,
		"Env": s.environment(),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(filepath.Join(bin, "contain"))
	c.cmd.Stdin = bytes.NewReader(what)
	c.cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig:  syscall.SIGKILL,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
	}
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.out
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = c.cmd.Wait()
		c.ended = time.Now()
		close(c.done)
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.done
	})
	return c
}

func (c *container) write(name, content string) {
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

// read returns a file of /t, "" if there is none.
func (c *container) read(name string) string {
	content, _ := os.ReadFile(filepath.Join(c.dir, name))
	return string(content)
}

// soon waits until f holds.
func (c *container) soon(what string, f func() bool) {
	c.t.Helper()
	for begun := time.Now(); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > patience || c.over() {
			c.t.Fatalf("did not happen: %s; diary %q, output %q", what, c.read("diary"), c.out)
		}
	}
}

// over reports whether PID 1 has ended.
func (c *container) over() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// signal sends a signal to PID 1, as an engine does.
// That it has ended is for its outcome to tell.
func (c *container) signal(sig syscall.Signal) { _ = c.cmd.Process.Signal(sig) }

// note adds a line to the diary.
func (c *container) note(line string) {
	f, err := os.OpenFile(filepath.Join(c.dir, "diary"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(line + "\n"); err != nil {
		c.t.Fatal(err)
	}
}

// stop does what an engine does: the stop signal to PID 1, SIGKILL to it when
// the grace period is over.
func (c *container) stop(sig syscall.Signal, grace time.Duration) {
	c.note("stop")
	c.begun = time.Now()
	c.signal(sig)
	select {
	case <-c.done:
	case <-time.After(grace):
		c.signal(syscall.SIGKILL)
		<-c.done
	}
}

// end waits for an end without a stop.
func (c *container) end() {
	c.begun = time.Now()
	select {
	case <-c.done:
	case <-time.After(patience):
		c.t.Errorf("goes on; diary %q, output %q", c.read("diary"), c.out)
		c.signal(syscall.SIGKILL)
		<-c.done
	}
}

// status is PID 1's, 128+n where signal n ended it.
func (c *container) status() int {
	ws := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}
