package reaper

import (
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestKilled(t *testing.T) {
	for _, tt := range []struct {
		signal syscall.Signal // 0: it exits
		want   bool
	}{{0, false}, {syscall.SIGKILL, true}, {syscall.SIGTERM, false}} {
		cmd := exec.Command("/bin/sh", "-c", "read x; exit 9")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		pid := cmd.Process.Pid
		if Killed(pid) {
			t.Errorf("%v: true of a process that runs", tt.signal)
		}
		if tt.signal == 0 {
			in.Close()
		} else if err := syscall.Kill(pid, tt.signal); err != nil {
			t.Fatal(err)
		}
		var info unix.Siginfo
		if err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
			t.Fatal(err)
		}
		if got := Killed(pid); got != tt.want {
			t.Errorf("%v: got %t", tt.signal, got)
		}
		done := make(chan struct{})
		go func() { cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("it is not left to be reaped")
		}
	}
}
