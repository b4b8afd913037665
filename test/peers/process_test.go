package peers_test

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// spec says how an init is run.
type spec struct {
	flags   map[string][]string // by the init's name
	command []string
	adopted bool   // not as PID 1, but below one
	group   bool   // with the flags that make it signal the group
	newNet  bool   // in a network namespace with nothing but a loopback that is down
	prepare string // what is prepared before: see role ns
	env     []string
	stdin   io.Reader
	tty     *os.File // standard streams and controlling terminal
	dir     string
}

// process is an init that was started.
type process struct {
	*attempt
	cmd    *exec.Cmd
	pid    int // of the init, in the tests' namespace
	stdout *testkit.Output
	stderr *testkit.Output
	done   chan struct{}
}

// start runs the init in a PID namespace, as its PID 1 or below it. Whatever is
// in the namespace ends with the story.
func (a *attempt) start(s spec) *process {
	self, err := os.Executable()
	if err != nil {
		a.fail("%v", err)
	}
	flags := a.init.adopt
	if !s.adopted {
		flags = nil
	}
	if s.group {
		flags = append(flags, a.init.group...)
	}
	prepare := s.prepare
	if s.adopted {
		prepare += " below"
	}
	if s.tty != nil {
		prepare = "session " + prepare
	}
	argv := a.init.argv(append(append([]string{}, flags...), s.flags[a.init.name]...), s.command)
	cmd := exec.Command(self, append([]string{rolePrefix + "ns", prepare}, argv...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	namespaces(a.t, cmd.SysProcAttr, s.newNet)
	cmd.Env = append(append(os.Environ(), "DRAINIT_PROBE_ADDR=off", "KUBERNETES_SERVICE_HOST="), s.env...)
	cmd.Dir = s.dir
	p := &process{attempt: a, cmd: cmd, stdout: &testkit.Output{}, stderr: &testkit.Output{}, done: make(chan struct{})}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.stdin, p.stdout, p.stderr
	if s.tty != nil {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = s.tty, s.tty, s.tty
	}
	cmd.WaitDelay = 2 * time.Second // what is left may hold the output open
	p.run(s.adopted)
	return p
}

func (p *process) run(adopted bool) {
	// A parent-death signal comes when the thread that forked ends, which is
	// one of the runtime's own here and stays (prctl(2), PR_SET_PDEATHSIG).
	if err := p.cmd.Start(); err != nil {
		p.fail("start: %v", err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	p.onEnd(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	p.pid = p.cmd.Process.Pid
	if adopted {
		p.soon("the init is started", func() bool {
			for _, pid := range children(p.cmd.Process.Pid) {
				if strings.HasPrefix(commandLine(pid), p.init.path) {
					p.pid = pid
				}
			}
			return p.pid != p.cmd.Process.Pid || p.over()
		})
	}
}

// over reports whether the init has ended.
func (p *process) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// namespaces asks for a PID and a mount namespace, and for a user namespace
// where the tests do not run as root.
func namespaces(t *testing.T, attr *syscall.SysProcAttr, newNet bool) {
	t.Helper()
	attr.Cloneflags = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS
	if newNet {
		attr.Cloneflags |= syscall.CLONE_NEWNET
	}
	if os.Getuid() != 0 {
		if !userNamespaces() {
			t.Skip("namespaces: neither root nor user namespaces")
		}
		mapRoot(attr)
	}
}

// mapRoot makes the caller root of a user namespace.
func mapRoot(attr *syscall.SysProcAttr) {
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
}

var userNamespaces = sync.OnceValue(func() bool {
	cmd := exec.Command("true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	mapRoot(cmd.SysProcAttr)
	return cmd.Run() == nil
})

// needRoot skips where there is only one user to be had. The reason is in no list
// of those allowed (test/skips.txt): CI runs as root, and must not lose the story.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("users: more than one takes root")
	}
}

// soon waits until f holds.
func (a *attempt) soon(what string, f func() bool) {
	for over := patienceFrom(); !f(); {
		if over() {
			a.fail("did not happen: %s", what)
		}
	}
}

// says waits until the child has written the words.
func (p *process) says(words string) {
	p.within("the child says "+words, func() bool { return strings.Contains(p.stdout.String(), words) })
}

// logs waits until the init has logged the words.
func (p *process) logs(words string) {
	p.within("the init logs "+words, func() bool { return strings.Contains(p.stderr.String(), words) })
}

// within is soon, with what was written so far.
func (p *process) within(what string, f func() bool) {
	for over := patienceFrom(); !f(); {
		if over() {
			p.fail("did not happen: %s; stdout %q, stderr %q", what, p.stdout, p.stderr)
		}
	}
}

// signal sends a signal to the init.
func (p *process) signal(sig syscall.Signal) {
	if err := syscall.Kill(p.pid, sig); err != nil {
		p.fail("signal %d: %v; stderr %q", sig, err, p.stderr)
	}
}

// wantExit waits for the end: the status, or 128+n where a signal ended it.
func (p *process) wantExit(want int) {
	select {
	case <-p.done:
	case <-time.After(patience):
		p.fail("still running; stdout %q, stderr %q", p.stdout, p.stderr)
	}
	ws := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	got := ws.ExitStatus()
	if ws.Signaled() {
		got = 128 + int(ws.Signal())
	}
	if got != want {
		p.fail("got exit status %d, want %d; stdout %q, stderr %q", got, want, p.stdout, p.stderr)
	}
}

// sh returns the command line of a script.
func sh(script string) []string { return []string{"/bin/sh", "-c", script} }

// role returns the command line of a child that the test binary plays.
func role(name string, args ...string) []string {
	self, _ := os.Executable()
	return append([]string{self, rolePrefix + name}, args...)
}
