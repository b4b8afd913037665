package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/proc"
	"drainit/internal/testkit"
)

// The process tests run the program that is shipped, as PID 1 of a namespace of
// its own with a /proc of its own. The test binary makes that namespace and
// impersonates the children.

// The drainit under test, and what it calls itself.
var binary, version = "", "test"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], rolePrefix) {
		os.Exit(play(strings.TrimPrefix(os.Args[1], rolePrefix), os.Args[2:]))
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	if slices.Contains(os.Args, "-test.fuzzworker") { // which runs no process, and is one of several
		return m.Run()
	}
	if binary = os.Getenv("TESTED_DRAINIT"); binary != "" { // on a machine without Go: see test/vm
		version = os.Getenv("TESTED_VERSION")
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "drainit-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // for drainits of other users
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	binary = filepath.Join(dir, "drainit")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "nethttpomithttp2,purego", "-gcflags=all=-l", "-gcflags=runtime=", "-ldflags", "-s -w -X drainit/internal/version.Version="+version, "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// A spec says how drainit is run.
type spec struct {
	args    []string // flags and command
	under   []string // a command that starts drainit: its path and arguments are appended
	env     []string
	notInit bool   // run as an ordinary process
	newNet  bool   // in a network namespace without anything in it
	prepare string // what the namespace helper does first: see role init
	stdin   io.Reader
	stderr  *os.File // instead of the captured one
	files   []*os.File
	dir     string
}

// running is a drainit that was started.
type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *testkit.Output
	stderr *testkit.Output
	done   chan struct{}
}

// launch starts drainit with probes off unless the spec says otherwise. The
// test ends it at the latest.
func launch(t *testing.T, s spec) *running {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute+crowdFor())
	t.Cleanup(cancel)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	argv := slices.Concat([]string{rolePrefix + "init", s.prepare}, s.under, []string{binary}, s.args)
	cmd := exec.CommandContext(ctx, self, argv...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if !s.notInit {
		namespaces(t, cmd.SysProcAttr, s.newNet)
	}
	cmd.Env = append(os.Environ(), s.env...)
	if !hasProbeAddr(s) {
		cmd.Env = append(cmd.Env, "DRAINIT_PROBE_ADDR=off")
	}
	r := &running{t: t, cmd: cmd, stdout: &testkit.Output{}, stderr: &testkit.Output{}, done: make(chan struct{})}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.stdin, r.stdout, r.stderr
	if s.stderr != nil {
		cmd.Stderr = s.stderr
	}
	cmd.ExtraFiles, cmd.Dir = s.files, s.dir
	cmd.WaitDelay = 2 * time.Second // a leftover may hold the output open
	if err := cmd.Start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	go func() {
		_ = cmd.Wait()
		close(r.done)
	}()
	t.Cleanup(func() {
		below, _ := proc.All()
		_ = cmd.Process.Kill()
		<-r.done
		if s.notInit { // whose end ends nobody else
			for _, p := range proc.Descendants(below, cmd.Process.Pid) {
				_ = syscall.Kill(p.PID, syscall.SIGKILL)
			}
		}
	})
	return r
}

func hasProbeAddr(s spec) bool {
	return strings.Contains(strings.Join(append(s.args, s.env...), " "), "probe-addr") ||
		strings.Contains(strings.Join(s.env, " "), "DRAINIT_PROBE_ADDR")
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
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
}

var userNamespaces = sync.OnceValue(func() bool {
	cmd := exec.Command("true")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	return cmd.Run() == nil
})

// role returns the command line of a child that the test binary plays.
func role(name string, args ...string) []string {
	self, _ := os.Executable()
	return append([]string{self, rolePrefix + name}, args...)
}

// command joins flags and a command.
func command(flags []string, command ...string) []string {
	return append(append(flags, "--"), command...)
}

func (r *running) signal(sig syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatalf("signal %v: %v", sig, err)
	}
}

// exit waits for the end and returns the status, or 128+n as a shell would.
func (r *running) exit() int {
	r.t.Helper()
	select {
	case <-r.done:
	case <-time.After(testkit.Patience):
		r.t.Fatalf("still running; stdout %q, stderr %q", r.stdout, r.stderr)
	}
	ws := r.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}

func (r *running) wantExit(want int) {
	r.t.Helper()
	if got := r.exit(); got != want {
		r.t.Errorf("got exit status %d, want %d; stdout %q, stderr %q", got, want, r.stdout, r.stderr)
	}
}

// says waits until the child has written a line to its standard output.
func (r *running) says(line string) {
	r.t.Helper()
	r.writes(fmt.Sprintf("the child says %q", line), r.stdout, line)
}

// writes waits until the words stand in what was written. If they never do it says what was
// by then, and who waits for what.
func (r *running) writes(what string, to fmt.Stringer, words string) {
	r.t.Helper()
	for until := time.Now().Add(testkit.Patience); !strings.Contains(to.String(), words); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			r.t.Fatalf("did not happen: %s; stdout %q, stderr %q, waiting are\n%s", what, r.stdout, r.stderr, r.waits())
		}
	}
}

// waits says what each thread of drainit and of all below it waits for in the kernel.
func (r *running) waits() string {
	var b strings.Builder
	for _, pid := range append(descendants(r.cmd.Process.Pid), r.cmd.Process.Pid) {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		for _, thread := range threads {
			fmt.Fprintf(&b, "%s:", thread)
			for _, file := range []string{"comm", "wchan", "syscall"} {
				text, _ := os.ReadFile(filepath.Join(thread, file))
				fmt.Fprintf(&b, " %s", strings.TrimSpace(string(text)))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// logs waits until drainit has logged the words.
func (r *running) logs(words string) {
	r.t.Helper()
	r.writes(fmt.Sprintf("drainit logs %q", words), r.stderr, words)
}

// pidOf returns the PID, in the tests' namespace, of the process whose command
// line holds the words, among drainit's descendants.
func (r *running) pidOf(words string) int {
	r.t.Helper()
	var found int
	testkit.Soon(r.t, "a process "+words, func() bool {
		for _, pid := range descendants(r.cmd.Process.Pid) {
			b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			program, _, _ := strings.Cut(string(b), "\x00")
			isShell := filepath.Base(program) == "sh" // which has the words in its script
			if !isShell && strings.Contains(strings.ReplaceAll(string(b), "\x00", " "), words) {
				found = pid
				return true
			}
		}
		return false
	})
	return found
}

// descendants lists the processes below pid, zombies included.
func descendants(pid int) []int {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, t := range threads {
		if t.Name() != strconv.Itoa(pid) {
			more, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name()))
			b = append(append(b, ' '), more...)
		}
	}
	var all []int
	for field := range strings.FieldsSeq(string(b)) {
		child, _ := strconv.Atoi(field)
		all = append(append(all, child), descendants(child)...)
	}
	return all
}

// stateOf returns the state letter of a process, 0 if it is gone.
func stateOf(pid int) byte {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	rest := b[bytes.LastIndexByte(b, ')')+2:]
	return rest[0]
}

// rlimit reads the limits of open files.
func rlimit(t *testing.T) unix.Rlimit {
	t.Helper()
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	return l
}
