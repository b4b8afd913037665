package proc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The test binary is also the processes that are looked at. It does what the
// variable says, writes "ready", and ends with its standard input.
const impersonate = "PROC_TEST_IMPERSONATE"

func TestMain(m *testing.M) {
	what := os.Getenv(impersonate)
	if what == "" {
		os.Exit(m.Run())
	}
	os.Unsetenv(impersonate)
	switch what {
	case "sleep":
	case "named":
		// The file is the first thread's name whichever thread writes.
		if err := os.WriteFile("/proc/self/comm", []byte(oddName), 0); err != nil {
			fmt.Println(err)
		}
	case "signals":
		signal.Reset()
		signal.Ignore(syscall.SIGHUP)
		signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1)
	case "parent":
		child := exec.Command("/proc/self/exe")
		child.Env = append(os.Environ(), impersonate+"=sleep")
		child.Stdin = os.Stdin
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			fmt.Println(err)
		}
		bufio.NewReader(out).ReadString('\n')
	case "look":
		pid, _ := strconv.Atoi(os.Args[1])
		fmt.Println(SocketInodes(pid))
		return
	case "exit":
		return
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}

// oddName is as long as a name may be, and closes its own parenthesis.
const oddName = ") (\nR 1 1) x y"

// start runs the test binary as what and returns its PID once it is ready (or
// has ended, where it says nothing). It is not waited for before the test ends.
func start(t *testing.T, what string, attr *syscall.SysProcAttr, args ...string) int {
	t.Helper()
	// Through the link, since another user may not enter the directory.
	cmd := exec.Command("/proc/self/exe", args...)
	// The race detector's programs sleep for a second before they end.
	cmd.Env = append(os.Environ(), impersonate+"="+what, "GORACE=atexit_sleep_ms=0")
	cmd.SysProcAttr = attr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "ready\n" && !(what == "exit" && err == io.EOF) {
		t.Fatalf("%s said %q, %v; want ready", what, line, err)
	}
	return cmd.Process.Pid
}

func TestZombie(t *testing.T) {
	user := nobody()
	uid := os.Geteuid()
	if user != nil {
		uid = int(user.Uid)
	}
	pid := start(t, "exit", &syscall.SysProcAttr{Credential: user})
	// The end of its output comes a moment before the end of the process.
	var p Process
	for p.State != 'Z' {
		var err error
		if p, err = Stat(pid); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(Children(all, os.Getpid()), p) {
		t.Errorf("zombie %+v is not among the children %+v", p, Children(all, os.Getpid()))
	}
	if argv, err := Argv(pid); argv != nil || err != nil {
		t.Errorf("Argv of a zombie = %q, %v; want none", argv, err)
	}
	if s, err := ReadStatus(pid); err != nil || s.UID != uid || !s.HasSignals {
		t.Errorf("ReadStatus of a zombie = %+v, %v; want uid %d and signals", s, err, uid)
	}
	// Another than root is refused by the kernel, which must not show.
	cmd := exec.Command("/proc/self/exe", strconv.Itoa(pid))
	cmd.Env = append(os.Environ(), impersonate+"=look")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: nobody()}
	got, err := cmd.Output()
	if want := "map[] <nil>\n"; string(got) != want || err != nil {
		t.Errorf("SocketInodes of a zombie = %q, %v; want %q", got, err, want)
	}
}

// nobody is another user where this one may become that.
func nobody() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	return &syscall.Credential{Uid: 65534, Gid: 65534}
}

func TestGone(t *testing.T) {
	cmd := exec.Command("/bin/true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	for name, f := range map[string]func() error{
		"Stat":          func() error { _, err := Stat(pid); return err },
		"Argv":          func() error { _, err := Argv(pid); return err },
		"ReadStatus":    func() error { _, err := ReadStatus(pid); return err },
		"PIDNamespace":  func() error { _, err := PIDNamespace(pid); return err },
		"SocketInodes":  func() error { _, err := SocketInodes(pid); return err },
		"ESRCH on read": func() error { return pathError("read", "x", unix.ESRCH) },
	} {
		if err := f(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s of a process that is gone = %v, want fs.ErrNotExist", name, err)
		}
	}
}

// says reports whether err is one that contains text; no text, no error.
func says(err error, text string) bool {
	if text == "" {
		return err == nil
	}
	return err != nil && strings.Contains(err.Error(), text)
}
