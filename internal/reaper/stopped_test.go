package reaper

import (
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Each stop is told once, with its signal, and the end is left to Reap. The child
// has a group of its own, since in an orphaned one, as the tests' may be, a terminal's
// signals stop nobody (setpgid(2)).
func TestStopped(t *testing.T) {
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", "exec sleep 1000"}, &syscall.ProcAttr{
		Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true}})
	if err != nil {
		t.Fatal(err)
	}
	if sig, ok := Stopped(pid); ok {
		t.Errorf("runs, and was stopped by %v", sig)
	}
	for _, want := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU} {
		_ = syscall.Kill(pid, want)
		if got := stopOf(t, pid); got != want {
			t.Errorf("stopped by %v, want %v", got, want)
		}
		if sig, ok := Stopped(pid); ok {
			t.Errorf("told twice, of %v", sig)
		}
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	if got := reapAll(t); got[pid] != 137 {
		t.Errorf("the end was not left to Reap: %v", got)
	}
	if _, ok := Stopped(pid); ok {
		t.Error("one that has gone is stopped")
	}
}

func stopOf(t *testing.T, pid int) unix.Signal {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if sig, ok := Stopped(pid); ok {
			return sig
		}
	}
	t.Fatal("it is not stopped")
	return 0
}
