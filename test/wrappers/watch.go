package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A watch is PID 1 at its work: it starts the wrapper, reaps, reads the log, and writes down what happens.
type watch struct {
	outcome
	began  time.Time // of the first step
	read   int       // how much of the log
	starts int       // of the program
	ended  map[int]syscall.WaitStatus
	gone   bool // the program, and that was told
	over   bool // the wrapper, likewise
}

// How often things are looked at, and how long a program that has begun is given until its wrapper waits for it.
const (
	tick   = 4 * time.Millisecond
	settle = 250 * time.Millisecond
)

func (w *watch) run(t trial) error {
	w.ended, w.began = map[int]syscall.WaitStatus{}, time.Now()
	if err := w.start(t); err != nil {
		return err
	}
	begun := w.until(time.Minute, func() bool { return w.starts > 0 })
	if !begun {
		return fmt.Errorf("the program was not started within a minute")
	}
	w.until(settle, func() bool { return false })
	all := processes()
	w.Program, _ = theProgram(all)
	w.Around = around(w.Program, all)
	for _, p := range all {
		isAround := slices.ContainsFunc(w.Around, func(a process) bool { return a.PID == p.PID })
		if p.PID != w.Program.PID && !isAround {
			w.Beside = append(w.Beside, p)
		}
	}
	w.event(ready)
	w.began = time.Now()
	for _, step := range t.Steps {
		if err := w.step(step); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

// start starts the wrapper as inits do: in a process group of its own, in the session of the init. On a terminal it has
// a session too.
func (w *watch) start(t trial) error {
	path, err := exec.LookPath(t.Command[0])
	if err != nil {
		return err
	}
	input, err := os.Open("/dev/null")
	if err != nil {
		return err
	}
	output, err := os.OpenFile(outputPath, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	attr := &syscall.SysProcAttr{Setpgid: true}
	if t.Terminal {
		if input, err = terminal(); err != nil {
			return err
		}
		output, attr = input, &syscall.SysProcAttr{Setsid: true, Setctty: true}
	}
	// Until after the fork: a file that nobody refers to any more is closed.
	defer input.Close()
	defer output.Close()
	w.Started, err = syscall.ForkExec(path, t.Command, &syscall.ProcAttr{
		Dir: "/", Env: os.Environ(), Files: []uintptr{input.Fd(), output.Fd(), output.Fd()}, Sys: attr,
	})
	return err
}

// until looks again and again until a fact is there, or the time is over, and reports whether it is.
func (w *watch) until(limit time.Duration, fact func() bool) bool {
	for end := time.Now().Add(limit); ; time.Sleep(tick) {
		w.look()
		if fact() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

func (w *watch) event(what string) {
	w.Events = append(w.Events, event{time.Since(w.began).Round(time.Millisecond), what})
}

// look reaps, and reads what is new in the log.
func (w *watch) look() {
	w.readLog()
	if !w.gone && w.Program.PID != 0 && !alive(w.Program.PID) {
		w.gone = true
		w.readLog()
		w.event("program gone")
	}
	w.reap()
}

// reap waits for zombies. The wrapper's end is an event, and where the program is a child, how it ended too.
func (w *watch) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if pid <= 0 || err != nil {
			return
		}
		w.ended[pid] = status
		if pid == w.Started {
			w.over = true
			w.readLog()
			w.event("outer " + told(status))
		}
	}
}

func (w *watch) readLog() {
	text, err := os.ReadFile(logPath)
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text[w.read:])) {
		if !strings.HasSuffix(line, "\n") {
			continue
		}
		w.read += len(line)
		line = strings.TrimSpace(line)
		if line == "start" {
			if w.starts++; w.starts > 1 {
				w.event("program started again")
			}
			continue
		}
		w.event(line)
	}
}

func told(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "killed by " + nameOf(status.Signal())
	}
	return fmt.Sprintf("exit %d", status.ExitStatus())
}

// alive reports whether a process is there and no zombie.
func alive(pid int) bool {
	p, ok := readProcess(pid)
	return ok && p.State != "Z" && p.State != "X"
}
