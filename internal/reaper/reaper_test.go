package reaper

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fork starts a shell without os/exec, whose own wait would race with Reap.
func fork(t *testing.T, script string) int {
	t.Helper()
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", script}, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// reapAll reaps until no child is left.
func reapAll(t *testing.T) map[int]int {
	t.Helper()
	statuses := map[int]int{}
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if Reap(func(pid int, ws unix.WaitStatus) { statuses[pid] = Status(ws) }, Detach) {
			return statuses
		}
	}
	t.Fatalf("children are left; reaped %v", statuses)
	return nil
}

func TestReapTellsEveryEndOnce(t *testing.T) {
	want := map[int]int{}
	for status := range 50 {
		want[fork(t, fmt.Sprintf("exit %d", status))] = status
	}
	want[fork(t, "kill -TERM $$")] = 143
	want[fork(t, "kill -KILL $$")] = 137
	got := reapAll(t)
	for pid, status := range want {
		if got[pid] != status {
			t.Errorf("process %d: got status %d, want %d", pid, got[pid], status)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d ends, want %d", len(got), len(want))
	}
}

func TestReapWithoutChildren(t *testing.T) {
	if !Reap(func(int, unix.WaitStatus) { t.Error("somebody ended") }, Detach) {
		t.Error("got children left, want none")
	}
}

func TestReapDoesNotBlock(t *testing.T) {
	pid := fork(t, "exec sleep 1000")
	if Reap(func(int, unix.WaitStatus) { t.Error("somebody ended") }, Detach) {
		t.Error("got none left, want one")
	}
	if sent, err := KillAll([]int{pid}); sent != 1 || err != nil {
		t.Fatal(sent, err)
	}
	if got := reapAll(t)[pid]; got != 137 {
		t.Errorf("got status %d, want 137", got)
	}
}

// TestAdopt: orphans of a subreaper are its own.
func TestAdopt(t *testing.T) {
	if err := Adopt(); err != nil {
		t.Fatal(err)
	}
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", "(sleep 0.2; exit 9) & echo $!; exit 1"},
		&syscall.ProcAttr{Files: []uintptr{0, writer.Fd(), 2}})
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 20)
	n, err := reader.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	orphan, err := strconv.Atoi(string(buf[:n-1]))
	if err != nil {
		t.Fatal(err)
	}
	got := reapAll(t)
	if got[pid] != 1 || got[orphan] != 9 {
		t.Errorf("got %v; want %d: 1 and %d: 9", got, pid, orphan)
	}
}

// TestKillAllSparesInit: a zero or one in the list would mean a group or init.
func TestKillAllSparesInit(t *testing.T) {
	if sent, err := KillAll([]int{0, 1, -1}); sent != 0 || err != nil {
		t.Error(sent, err)
	}
}

func TestKillAllOfTheGone(t *testing.T) {
	pid := fork(t, "exit 0")
	reapAll(t)
	if _, err := KillAll([]int{pid}); err != nil {
		t.Errorf("got %v for a process that is gone, want nil", err)
	}
}

// TestOneCallReapsAll: SIGCHLD is not queued, so one call must do for all who
// have ended by then.
func TestOneCallReapsAll(t *testing.T) {
	var pids []int
	for range 20 {
		pids = append(pids, fork(t, "exit 0"))
	}
	for _, pid := range pids { // WNOWAIT leaves them to be reaped
		if err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	if none := Reap(func(int, unix.WaitStatus) { n++ }, Detach); !none || n != len(pids) {
		t.Errorf("one call: got %d ends, none left %v; want %d, true", n, none, len(pids))
		reapAll(t)
	}
}
