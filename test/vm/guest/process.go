//go:build linux

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"drainit/internal/testkit"
)

// A process is a drainit that was started, as PID 1 of a namespace with a /proc of its own.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr output
	ended          chan struct{}
	exitedAt       time.Time
}

// output is what was written so far.
type output struct{ testkit.Output }

func (o *output) has(text string) bool { return strings.Contains(o.String(), text) }

// drainit starts one: flags, and the role that this program plays under it.
func (t *trial) drainit(flags []string, role ...string) *process {
	return t.drainitIn("", flags, role...)
}

// drainitIn starts one in a cgroup.
func (t *trial) drainitIn(cgroup string, flags []string, role ...string) *process {
	argv := append([]string{"/drainit"}, flags...)
	return t.start(cgroup, append(append(argv, "--", "/guest"), role...))
}

// under starts whatever becomes drainit.
func (t *trial) under(argv []string) *process { return t.start("", argv) }

// helper is the PID of a drainit's helper that has stood down, as it is outside of the namespace, or 0.
func helper() int {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		name, _ := os.ReadFile("/proc/" + e.Name() + "/comm")
		first, _ := os.ReadFile("/proc/" + e.Name() + "/oom_score_adj")
		if strings.HasPrefix(string(name), "drainit-helper") && strings.TrimSpace(string(first)) == "1000" {
			return number(e.Name())
		}
	}
	return 0
}

func (t *trial) start(cgroup string, argv []string) *process {
	p := &process{cmd: exec.Command("/guest", append([]string{"inside"}, argv...)...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.WaitDelay = 2 * time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	if cgroup != "" {
		dir, err := os.Open(cgroup)
		t.may(err)
		defer dir.Close()
		p.cmd.SysProcAttr.UseCgroupFD, p.cmd.SysProcAttr.CgroupFD = true, int(dir.Fd())
	}
	t.may(p.cmd.Start())
	t.running = append(t.running, p)
	go func() {
		_ = p.cmd.Wait()
		p.exitedAt = time.Now()
		close(p.ended)
	}()
	return p
}

// end kills it where it is still there, and so all that is below it.
func (p *process) end() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func (p *process) signal(sig syscall.Signal) { _ = p.cmd.Process.Signal(sig) }

// wantEnd waits for the end.
func (t *trial) wantEnd(p *process) {
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.must(false, "still running")
	}
}

// wantExit waits for the end, with a status, which is 128+N for a signal.
func (t *trial) wantExit(p *process, want int) {
	t.wantEnd(p)
	got := p.cmd.ProcessState.ExitCode()
	if ws := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		got = 128 + int(ws.Signal())
	}
	t.must(got == want, "exit status %d, want %d", got, want)
}

// says waits until the program below has written a text.
func (t *trial) says(p *process, text string) {
	t.soon("the program says "+text, func() bool { return p.stdout.has(text) })
}

// logged waits until drainit has.
func (t *trial) logged(p *process, text string) {
	t.soon("the log says "+text, func() bool { return p.stderr.has(text) })
}
