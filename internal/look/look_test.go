package look

import (
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"drainit/internal/proc"
	"drainit/internal/share"
	"drainit/internal/signals"
	"drainit/internal/testkit"
)

// hanging is a reader of command lines that can be made to hang.
func hanging() (c *commandLines, hang func(pid int), release func()) {
	gate, hangs := make(chan struct{}), new(sync.Map)
	c = newCommandLines()
	c.read = func(pid int) ([]string, error) {
		if _, ok := hangs.Load(pid); ok {
			<-gate
		}
		return []string{"/usr/sbin/nginx", "-g", "daemon off;"}, nil
	}
	return c, func(pid int) { hangs.Store(pid, true) }, func() { close(gate) }
}

// TestCommandLineThatHangs is what it was, as long as the name is.
func TestCommandLineThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, hang, release := hanging()
		soon := func() time.Time { return time.Now().Add(Patience) }
		if got := c.of(7, "nginx", soon()); len(got) != 3 {
			t.Fatalf("got %q", got)
		}
		synctest.Wait()
		hang(7)
		for _, test := range []struct {
			comm string
			want int
		}{{"nginx", 3}, {"other", 0}} {
			begin := time.Now()
			if got := c.of(7, test.comm, soon()); len(got) != test.want || time.Since(begin) != Patience {
				t.Errorf("%s: got %q after %v", test.comm, got, time.Since(begin))
			}
		}
		for pid := 8; pid < 1000; pid++ { // no more threads than there are to hang
			hang(pid)
			c.of(pid, "sh", time.Now())
		}
		if n := len(c.underway); n != hangingReads {
			t.Errorf("%d reads hang at once, want %d", n, hangingReads)
		}
		release()
		synctest.Wait()
		if len(c.underway) != 0 || len(c.of(1001, "sh", soon())) != 3 {
			t.Error("released, it does not read again")
		}
	})
}

// TestCommandLinesKept does not grow with the number of processes.
func TestCommandLinesKept(t *testing.T) {
	c, _, _ := hanging()
	for pid := range 10 * linesKept {
		c.of(pid, "sh", time.Now().Add(time.Minute))
	}
	if len(c.last) > linesKept {
		t.Errorf("%d command lines are kept, want at most %d", len(c.last), linesKept)
	}
}

// TestNameOfAProcessThatHangs: the kernel's own name needs no command line.
func TestNameOfAProcessThatHangs(t *testing.T) {
	c, hang, release := hanging()
	defer release()
	hang(os.Getpid())
	p := Looker{lines: c}.At(os.Getpid(), time.Millisecond)
	if p.Comm == "" || p.MasksUnknown || p.Argv != nil {
		t.Errorf("got %+v, want the name and the masks", p)
	}
}

// TestSharedLook: however many ask at once, one looks.
func TestSharedLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := &share.Look[signals.Process]{Look: func() (p signals.Process) {
			n++
			time.Sleep(time.Second)
			p.PID = n
			return p
		}}
		for range 100 {
			go s.Get()
		}
		time.Sleep(2 * time.Second)
		if p := s.Get(); n != 2 || p.PID != 2 {
			t.Errorf("%d looks and the last saw %d; want 2", n, p.PID)
		}
	})
}

// What the environment says of uvicorn counts as its arguments.
func TestEnvironmentIsSpelled(t *testing.T) {
	t.Setenv("WEB_CONCURRENCY", "3")
	l := New(0, nil)
	l.lines.read = func(int) ([]string, error) { return []string{"uvicorn", "app:app"}, nil }
	if p := l.At(os.Getpid(), time.Minute); !slices.Equal(p.Argv, []string{"uvicorn", "app:app", "--workers", "3"}) {
		t.Errorf("got %q, want 3 workers", p.Argv)
	}
	if p, _ := l.Glance(os.Getpid()); !slices.Equal(p.Argv, []string{"uvicorn", "app:app", "--workers", "3"}) {
		t.Errorf("at a glance: got %q, want 3 workers", p.Argv)
	}
}

// TestSuspended: it returns when the process is stopped, which one that others keep from
// the processor is not at once, and gives up on one that got no signal.
func TestSuspended(t *testing.T) {
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	pid := cmd.Process.Pid
	if Suspended(pid, 10*time.Millisecond) {
		t.Error("stopped, without a signal")
	}
	go func() {
		time.Sleep(20 * time.Millisecond)
		cmd.Process.Signal(syscall.SIGSTOP)
	}()
	if !Suspended(pid, 20*time.Second) {
		t.Error("not stopped, with SIGSTOP")
	}
	if p, err := proc.Stat(pid); err != nil || p.State != 'T' {
		t.Errorf("state %c, %v", p.State, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if Suspended(pid, 20*time.Second) {
		t.Error("stopped, and has gone")
	}
}

// TestLookWithoutTime: whoever is below a shell is seen, however late it is.
func TestLookWithoutTime(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sleep 1000 & sleep 1000 & wait")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	l := New(0, nil)
	pid := cmd.Process.Pid
	testkit.Soon(t, "two below", func() bool { return len(l.At(pid, time.Minute).Children) == 2 })
	if p := l.At(pid, 0); len(p.Children) != 2 {
		t.Errorf("with no time: %+v", p)
	}
	w := walk{l, time.Now().Add(time.Minute), 2}
	if p := w.look(pid, lookDepth); len(p.Children) != 1 {
		t.Errorf("of two processes: %+v", p)
	}
}
