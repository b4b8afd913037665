package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What make is told in the middle of a run, by a terminal to all or by a signal to make alone, ends everything that it
// started, and no file stays. The run is one that would take an hour.
func TestInterruptedRunLeavesNothing(t *testing.T) {
	for _, tt := range []struct {
		name  string
		sig   syscall.Signal
		group bool
	}{
		{"SIGTERM to make", syscall.SIGTERM, false},
		{"^C", syscall.SIGINT, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			var out bytes.Buffer
			cmd := exec.Command("make", "test-rest", "FIRST=echo busy; touch \"$$TMPDIR/file\"; setsid sleep 3601 & sleep 3600")
			cmd.Dir, cmd.Env = "../..", append(os.Environ(), "TMPDIR="+dir, "CI=", "COUNTS=")
			cmd.Stdout, cmd.Stderr = &out, &out
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.WaitDelay = time.Minute
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { (workshop{dir}).signal(syscall.SIGKILL) })
			sleeping := workshop{dir: dir}
			until(t, "the run is in the middle", func() bool {
				files, _ := filepath.Glob(dir + "/t*/file")
				if len(files) == 1 {
					sleeping.dir = filepath.Dir(files[0])
				}
				return len(files) == 1 && len(sleeping.processes()) >= 3
			})
			pid := cmd.Process.Pid
			if tt.group {
				pid = -pid
			}
			if err := syscall.Kill(pid, tt.sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("make succeeded")
			}
			if left := sleeping.signal(syscall.SIGKILL); len(left) > 0 {
				t.Errorf("%s runs on", left)
			}
			if files, _ := os.ReadDir(dir); len(files) > 0 {
				t.Errorf("%s stays", files)
			}
			if !strings.Contains(out.String(), "interrupted") {
				t.Errorf("it does not say that it was interrupted:\n%s", &out)
			}
		})
	}
}

// A test that leaves a process behind fails the run.
func TestLeftoversOfATestAreSaid(t *testing.T) {
	shop, err := newWorkshop()
	if err != nil {
		t.Fatal(err)
	}
	if err := shop.command(nil, "sh", "-c", "sleep 3602 >/dev/null 2>&1 &").Run(); err != nil {
		t.Fatal(err)
	}
	if killed := shop.close(); len(killed) != 1 || !strings.HasPrefix(killed[0], "sleep[") {
		t.Errorf("killed %q, want the sleep", killed)
	}
	if _, err := os.Stat(shop.dir); err == nil {
		t.Error("the directory is still there")
	}
}

func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for range 3000 {
		if true() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("did not happen: %s", what)
}
