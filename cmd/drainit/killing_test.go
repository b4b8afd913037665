package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"

	"golang.org/x/sys/unix"
)

// What SIGKILL reaches where drainit is not PID 1. As PID 1 the namespace's end
// is everybody's, and none of this could fail.

// deaf is the script of a process that SIGTERM does not end.
const deaf = `trap '' TERM; while :; do sleep 0.05; done`

// family returns the command line of a program that starts a deaf process in a
// session of its own, says ready, and goes on as told.
func family(then string) []string {
	return []string{"/bin/sh", "-c", `setsid /bin/sh -c "$1" grandchild & echo ready; ` + then, "program", deaf}
}

// named waits for the process whose command line ends in the words, which a
// script that only names them does not.
func (r *running) named(words string) int {
	r.t.Helper()
	var found int
	testkit.Soon(r.t, "a process "+words, func() bool {
		for _, pid := range descendants(r.cmd.Process.Pid) {
			b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if strings.HasSuffix(strings.ReplaceAll(string(b), "\x00", " "), words+" ") {
				found = pid
			}
		}
		return found != 0
	})
	r.t.Cleanup(func() { _ = syscall.Kill(found, syscall.SIGKILL) })
	return found
}

// runs reports whether a process has a thread that has not ended.
func runs(pid int) bool {
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	return len(threads) > 1 || len(threads) == 1 && stateOf(pid) != 'Z' && stateOf(pid) != 'X'
}

// TestDeadlineReachesDescendants: they become drainit's own when the child has
// died, and are killed then.
func TestDeadlineReachesDescendants(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--deadline", "500ms"}, family(deaf)...), notInit: true})
	r.says("ready")
	grandchild := r.named("grandchild")
	r.signal(syscall.SIGTERM)
	r.wantExit(137)
	if runs(grandchild) {
		t.Error("a descendant survived the deadline")
	}
	r.logs("to=descendants")
	r.logs("ended=killed")
}

// TestTrapThatWaits: a trap is run when the shell's foreground command has ended,
// and not before, under any init; a longer grace period would not help.
func TestTrapThatWaits(t *testing.T) {
	t.Parallel()
	const remedy = "start that with & and then wait, or exec it"
	for name, shell := range shells(t) {
		r := launch(t, spec{args: command([]string{"--deadline", "1s"}, append(shell, "-c", "trap exit TERM; n=1000; echo ready; sleep $n")...)})
		r.says("ready")
		r.pidOf("sleep 1000")
		r.signal(syscall.SIGTERM)
		r.wantExit(137)
		if log := r.stderr.String(); !strings.Contains(log, remedy) {
			t.Errorf("%s: want the remedy %q:\n%s", name, remedy, log)
		}
	}
	r := launch(t, spec{args: command([]string{"--deadline", "1s"}, role("ignore", "15")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(137)
	if log := r.stderr.String(); strings.Contains(log, remedy) || !strings.Contains(log, "a longer grace period") {
		t.Errorf("no shell: want another remedy than %q:\n%s", remedy, log)
	}
}

// TestKillStaysInTheFamily: drainit kills its descendants and nobody else.
func TestKillStaysInTheFamily(t *testing.T) {
	t.Parallel()
	outside := launch(t, spec{args: command(nil, sh("echo ready; exec sleep 1000")...), notInit: true})
	outside.says("ready")
	stranger := outside.named("sleep 1000")
	r := launch(t, spec{args: command([]string{"--deadline", "500ms"}, family(deaf)...), notInit: true})
	r.says("ready")
	grandchild := r.named("grandchild")
	r.signal(syscall.SIGTERM)
	r.wantExit(137)
	if runs(grandchild) {
		t.Error("a descendant survived")
	}
	if !runs(outside.cmd.Process.Pid) || !runs(stranger) {
		t.Error("somebody else's process was killed")
	}
}

// TestSweepReachesDescendants: those of leftovers too, whose parents are killed
// when the sweep is over or a second stop ends it.
func TestSweepReachesDescendants(t *testing.T) {
	t.Parallel()
	for _, sweep := range []string{"300ms", "1h"} {
		leftover := []string{"/bin/sh", "-c",
			`setsid /bin/sh -c "$1" leftover "$2" & trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done`, "program",
			`trap '' TERM; setsid /bin/sh -c "$1" grandchild & while :; do sleep 0.05; done`, deaf}
		r := launch(t, spec{args: command([]string{"--sweep", sweep}, leftover...), notInit: true})
		r.says("ready")
		grandchild := r.named("grandchild")
		r.signal(syscall.SIGTERM)
		r.logs("leftovers remain")
		if sweep == "1h" {
			testkit.Soon(t, "a second stop ends the sweep", func() bool {
				_ = syscall.Kill(r.cmd.Process.Pid, syscall.SIGTERM)
				return strings.Contains(r.stderr.String(), "asked again")
			})
		}
		r.wantExit(4)
		if runs(grandchild) {
			t.Errorf("sweep %s: a leftover of a leftover survived", sweep)
		}
		r.logs("leftovers_killed=true")
	}
}

// TestGroupIsToldOnce: what had the stop signal as one of the group gets it no second time in the sweep, for which some
// programs have another meaning; what had left the group gets it there.
func TestGroupIsToldOnce(t *testing.T) {
	t.Parallel()
	const says = `trap "echo $0 told" TERM; echo $0 ready; while :; do sleep 0.05; done`
	const program = `/bin/sh -c "$1" member & setsid /bin/sh -c "$1" other &
		trap 'sleep 0.5; exit 4' TERM; while :; do sleep 0.05; done`
	r := launch(t, spec{args: command([]string{"--group", "--sweep", "2s"}, "/bin/sh", "-c", program, "program", says)})
	r.says("member ready")
	r.says("other ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(4)
	for _, who := range []string{"member", "other"} {
		if n := strings.Count(r.stdout.String(), who+" told"); n != 1 {
			t.Errorf("%s was told %d times, want once; log:\n%s", who, n, r.stderr)
		}
	}
}

// TestDeadlineReachesAProcessWithoutItsFirstThread, which looks like a zombie
// and is none.
func TestDeadlineReachesAProcessWithoutItsFirstThread(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--deadline", "300ms"}, role("headless")...), notInit: true})
	r.says("ready")
	child := r.headless()
	r.signal(syscall.SIGTERM)
	r.wantExit(137)
	if runs(child) {
		t.Error("the child survived the deadline")
	}
	r.logs("ended=killed")
}

// TestSweepReachesAProcessWithoutItsFirstThread, too.
func TestSweepReachesAProcessWithoutItsFirstThread(t *testing.T) {
	t.Parallel()
	self, _ := os.Executable()
	r := launch(t, spec{args: command([]string{"--sweep", "300ms"}, "/bin/sh", "-c", `trap 'exit 3' TERM; "$0" role:headless & while :; do sleep 0.05; done`, self), notInit: true})
	r.says("ready")
	leftover := r.headless()
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	if runs(leftover) {
		t.Error("the leftover survived the sweep")
	}
	r.logs("leftovers=1")
}

// headless returns the PID of the process that plays the role, once it looks
// like a zombie. It has no command line any more.
func (r *running) headless() (pid int) {
	r.t.Helper()
	testkit.Soon(r.t, "the role's first thread has ended", func() bool {
		_, err := fmt.Sscanf(r.stdout.String(), "ready %d", &pid)
		return err == nil && stateOf(pid) == 'Z'
	})
	r.t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	return pid
}

// TestEchoSparesLeftovers: the second delivery of a stop, when the child has
// gone already, does not cost the leftovers their time.
func TestEchoSparesLeftovers(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		file := t.TempDir() + "/finished"
		r := launch(t, spec{args: command([]string{"--sweep", "1m"}, role("descendant", file)...), notInit: notInit})
		r.says("started")
		r.says("ready")
		r.signal(syscall.SIGTERM)
		testkit.Soon(t, "the child is gone", func() bool { return strings.Contains(r.stderr.String(), "leftovers remain") })
		r.signal(syscall.SIGTERM)
		r.wantExit(0)
		if b, err := os.ReadFile(file); err != nil || string(b) != "finished\n" {
			t.Errorf("not init: %v: the leftover was cut: %q, %v; stderr %q", notInit, b, err, r.stderr)
		}
	}
}

// TestFullLogFile: the SIGXFSZ that drainit's own log raises at the limit of
// file sizes is not the child's.
func TestFullLogFile(t *testing.T) {
	t.Parallel()
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := launch(t, spec{args: command([]string{"--drain-delay", "300ms"}, sh("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done")...), prepare: "fsize=0", stderr: file})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("the log has %d bytes, %v: the limit was none", info.Size(), err)
	}
}

// roleHeadless ends its first thread and lives on in the others, deaf to SIGTERM.
func roleHeadless([]string) int {
	signal.Ignore(syscall.SIGTERM)
	go func() {
		fmt.Println("ready", os.Getpid())
		time.Sleep(time.Hour)
	}()
	runtime.Gosched()
	_, _, _ = syscall.Syscall(unix.SYS_EXIT, 0, 0, 0) // of the thread alone
	return 99
}
