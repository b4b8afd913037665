package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"drainit/internal/testkit"

	"golang.org/x/sys/unix"
)

// patience bounds the waiting for what is about to happen.
const patience = 40 * time.Second

// A container is what is to be run: drainit with flags, and the guest in a role under it.
type container struct {
	name     string
	flags    []string
	role     []string
	terminal bool
	beside   bool // in one network with others that are beside each other: a pod, where there is such a thing
}

// command is the container's whole command line.
func (c container) command() []string {
	return append(append(append([]string{"/drainit"}, c.flags...), "--", "/guest"), c.role...)
}

// A started is a container under way, with what its runtime offers to do with it.
type started struct {
	out    testkit.Output // its own words and its runtime's
	cmd    *exec.Cmd
	pty    *os.File
	ended  chan struct{}
	stop   []string                        // the runtime's own way to stop it, a command
	signal func(name string) []string      // the same for another signal
	inside func(command []string) []string // runs a command in it
	status func() int                      // which the runtime tells, or -1
	tells  bool                            // it tells that otherwise than by its own
}

// A trial is a runtime under trial, in its room.
type trial struct {
	runtime  runtime
	tree     string // what is in containers
	unique   string
	machine  *exec.Cmd // that is booted
	started  []*started
	verbose  bool
	lifeSeen *started
}

// A failure ends a feature's trial.
type failure string

func (t *trial) must(holds bool, format string, args ...any) {
	if !holds {
		panic(failure(fmt.Sprintf(format, args...)))
	}
}

func (t *trial) may(err error) {
	if err != nil {
		panic(failure(err.Error()))
	}
}

// start starts one.
func (t *trial) start(c container) *started { return t.runtime.start(t, c) }

// launch runs a command that lives as long as its container, on a terminal if the container has one.
func (t *trial) launch(c container, argv ...string) *started {
	s := &started{cmd: exec.Command(argv[0], argv[1:]...), ended: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	s.cmd.WaitDelay = time.Second
	s.status = func() int { return statusOf(s.cmd.ProcessState) }
	s.inside = func(command []string) []string { return command }
	if c.terminal {
		master, tty, err := testkit.OpenPTY()
		t.may(err)
		defer tty.Close()
		s.pty, s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = master, tty, tty, tty
		s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		go func() {
			for b := make([]byte, 4096); ; {
				n, err := master.Read(b)
				s.out.Write(bytes.ReplaceAll(b[:n], []byte("\r"), nil))
				if err != nil {
					return
				}
			}
		}()
	}
	t.may(s.cmd.Start())
	t.started = append(t.started, s)
	go func() {
		_ = s.cmd.Wait()
		close(s.ended)
	}()
	return s
}

// statusOf is 128+N for a signal.
func statusOf(state *os.ProcessState) int {
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return state.ExitCode()
}

// end ends what is left.
func (t *trial) end() {
	for _, s := range t.started {
		select {
		case <-s.ended:
		default:
			_ = s.cmd.Process.Signal(unix.SIGTERM)
			select {
			case <-s.ended:
			case <-time.After(5 * time.Second):
				_ = s.cmd.Process.Kill()
				<-s.ended
			}
		}
		if s.pty != nil {
			s.pty.Close()
		}
	}
	t.started = nil
}

// run runs a command of the runtime's to its end.
func (t *trial) run(argv []string) string {
	cmd := exec.Command("timeout", append([]string{"60"}, argv...)...)
	out, err := cmd.CombinedOutput()
	t.must(err == nil, "%s: %v: %s", strings.Join(argv, " "), err, lastOf(out))
	return string(out)
}

// soon waits until something holds of a container's words.
func (t *trial) soon(s *started, what string, holds func() bool) {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
		select {
		case <-s.ended:
			if holds() {
				return
			}
			time.Sleep(200 * time.Millisecond)
			t.must(holds(), "ended, and did not happen: %s", what)
			return
		default:
		}
	}
	t.must(false, "did not happen: %s", what)
}

// says waits until a container says something, and returns when it did, by its own clock.
func (t *trial) says(s *started, text string) time.Time {
	t.soon(s, text, func() bool { return strings.Contains(s.out.String(), text) })
	return s.when(text)
}

var line = regexp.MustCompile(`@([0-9]{13}) ([^\r\n]*)`)

// when is when the guest has first said something; zero if it has not.
func (s *started) when(text string) time.Time {
	for _, m := range line.FindAllStringSubmatch(s.out.String(), -1) {
		if strings.Contains(m[2], text) {
			ms, _ := strconv.ParseInt(m[1], 10, 64)
			return time.UnixMilli(ms)
		}
	}
	return time.Time{}
}

func (s *started) has(text string) bool { return strings.Contains(s.out.String(), text) }

// report is drainit's last line.
func (t *trial) report(s *started) string {
	t.says(s, `msg="drain report"`)
	_, report, _ := strings.Cut(s.out.String(), `msg="drain report"`)
	report, _, _ = strings.Cut(report, "\n")
	return report
}

// wantEnd waits for the end, with the status of the guest.
func (t *trial) wantEnd(s *started) {
	t.must(strings.Contains(t.report(s), " status=7 "), "the report has another status than 7: %s", t.report(s))
	t.soon(s, "the runtime tells its end", func() bool {
		select {
		case <-s.ended:
			return true
		default:
			return s.tells && s.status() >= 0
		}
	})
	t.must(t.runtime.silent || s.status() == 7, "the runtime says status %d, want 7", s.status())
}
