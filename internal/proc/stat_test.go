package proc

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestStatSelf(t *testing.T) {
	got, err := Stat(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	comm, _ := os.ReadFile("/proc/self/comm")
	want := Process{PID: os.Getpid(), PPID: os.Getppid(), PGID: syscall.Getpgrp(),
		Session: session(), Terminal: got.Terminal, State: got.State, Began: got.Began, Comm: strings.TrimSuffix(string(comm), "\n")}
	if got != want {
		t.Errorf("Stat of this process = %+v, want %+v", got, want)
	}
	if !strings.ContainsRune("RSD", rune(got.State)) {
		t.Errorf("state of this process = %q, want R, S or D", got.State)
	}
}

func TestStatOddName(t *testing.T) {
	pid := start(t, "named", &syscall.SysProcAttr{Setpgid: true})
	got, err := Stat(pid)
	if err != nil {
		t.Fatal(err)
	}
	got.State, got.Began = 'S', 0
	want := Process{PID: pid, PPID: os.Getpid(), PGID: pid, Session: session(), Terminal: got.Terminal, State: 'S', Comm: oddName}
	if got != want {
		t.Errorf("Stat = %+v, want %+v", got, want)
	}
}

func session() int {
	sid, _ := unix.Getsid(0)
	return sid
}

func TestAllWithoutProc(t *testing.T) {
	empty := t.TempDir()
	for _, dir := range []string{empty, filepath.Join(empty, "missing")} {
		list, err := all(dir)
		if len(list) != 0 || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("all(%q) = %v, %v; want none and fs.ErrNotExist", dir, list, err)
		}
	}
}

// Many processes end while they are listed; none of that is an error.
func TestAllWhileProcessesEnd(t *testing.T) {
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				exec.Command("/bin/true").Run()
			}
		}
	}()
	for range 50 {
		if _, err := All(); err != nil {
			t.Error(err)
			break
		}
	}
	close(stop)
	<-done
}

func TestParseStat(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Process
		err      string
	}{
		{"plain", "7 (sleep) S 1 7 7 34816 -1", Process{7, 1, 7, 7, 34816, 'S', "sleep", 0}, ""},
		{"whole", "7 (sleep) S 1 7 7 34816 -1 4194304 95 0 0 0 0 0 0 0 20 0 1 0 4938151 2576384", Process{7, 1, 7, 7, 34816, 'S', "sleep", 4938151}, ""},
		{"parentheses", "7 (a) Z 9 9 (b)) T 1 6 5 0", Process{7, 1, 6, 5, 0, 'T', "a) Z 9 9 (b)", 0}, ""},
		{"newline", "7 (a\nb) S 1 7 7 0\n", Process{7, 1, 7, 7, 0, 'S', "a\nb", 0}, ""},
		{"empty name", "7 () S 1 7 7 0", Process{7, 1, 7, 7, 0, 'S', "", 0}, ""},
		{"kernel thread", "2 (kthreadd) S 0 0 0 0", Process{2, 0, 0, 0, 0, 'S', "kthreadd", 0}, ""},
		{"empty", "", Process{}, "no name"},
		{"reversed", ") 7 (S 1 7", Process{}, "no name"},
		{"cut", "7 (sleep) S 1", Process{}, "no state"},
		{"no number", "7 (sleep) S x 7 7 0", Process{}, "not a process id"},
		{"no pid", "(sleep) S 1 7 7 0", Process{}, "not a process id"},
		{"long state", "7 (sleep) SS 1 7 7 0", Process{}, "no state"},
	} {
		got, err := parseStat([]byte(tt.in))
		if got != tt.want || !says(err, tt.err) {
			t.Errorf("%s: parseStat(%q) = %+v, %v; want %+v, error with %q", tt.name, tt.in, got, err, tt.want, tt.err)
		}
	}
}

func BenchmarkAll(b *testing.B) {
	for b.Loop() {
		list, err := All()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(list)), "processes")
	}
}
