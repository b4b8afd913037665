package look

import (
	"fmt"
	"os"
	"sync"
	"time"

	"drainit/internal/proc"
	"drainit/internal/signals"
)

const (
	// hangingReads bounds how many reads may hang, each with a thread.
	hangingReads = 3

	// linesKept bounds how many command lines are remembered.
	linesKept = 64
)

// commandLines reads command lines. That can hang: /proc/PID/cmdline is the
// process's memory, whose lock (mmap_lock) a thread of it may hold for as long as
// a dead network file system takes. Everything else that is read of a process
// comes from the kernel's own memory.
type commandLines struct {
	read           func(pid int) ([]string, error)
	webConcurrency string // see signals.Spelled

	mu       sync.Mutex
	underway map[int]*commandLine
	last     map[int]*commandLine
}

// commandLine is one read. What it found may be read once done is closed.
type commandLine struct {
	comm string // of the process, just before
	argv []string
	err  error
	done chan struct{}
}

func newCommandLines() *commandLines {
	return &commandLines{read: proc.Argv, webConcurrency: os.Getenv("WEB_CONCURRENCY"), underway: map[int]*commandLine{}, last: map[int]*commandLine{}}
}

// of returns the command line of a process that the kernel calls comm. If that
// takes until after the instant given, it is what was read last, as long as the
// process had the name it has now, and else nothing.
func (c *commandLines) of(pid int, comm string, until time.Time) []string {
	if line := c.join(pid, comm); line != nil {
		wait := time.NewTimer(time.Until(until))
		defer wait.Stop()
		select {
		case <-line.done:
			return line.argv
		case <-wait.C:
		}
	}
	argv, _ := c.known(pid, comm)
	return argv
}

// known returns the command line that was read last, without waiting, if the process
// had the name then that it has now. A program that has since executed itself anew,
// under the same name, may have others.
func (c *commandLines) known(pid int, comm string) (argv []string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	line := c.last[pid]
	if line == nil || line.comm != comm {
		return nil, false
	}
	return line.argv, true
}

// join returns the read under way, or starts one unless too many hang.
func (c *commandLines) join(pid int, comm string) *commandLine {
	c.mu.Lock()
	defer c.mu.Unlock()
	if line := c.underway[pid]; line != nil {
		return line
	}
	if len(c.underway) >= hangingReads {
		return nil
	}
	line := &commandLine{comm: comm, done: make(chan struct{})}
	c.underway[pid] = line
	go func() {
		defer close(line.done)
		defer c.finish(pid, line)
		line.argv, line.err = c.attempt(pid, comm)
	}()
	return line
}

// attempt reads, and makes an error of a mistake of our own: see survive.
func (c *commandLines) attempt(pid int, comm string) (argv []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	argv, err = c.read(pid)
	return signals.Spelled(comm, argv, c.webConcurrency), err
}

// finish remembers what was read, and forgets some other if that is too much.
func (c *commandLines) finish(pid int, line *commandLine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.underway, pid)
	delete(c.last, pid)
	if line.err != nil {
		return
	}
	for other := range c.last {
		if len(c.last) < linesKept {
			break
		}
		delete(c.last, other)
	}
	c.last[pid] = line
}
