package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

func TestStopWithNoSettings(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, role("wait", "3")...), env: []string{"KUBERNETES_SERVICE_HOST="}})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	if strings.Contains(r.stderr.String(), "SIGKILL") {
		t.Errorf("talks of SIGKILL: %s", r.stderr)
	}
}

// TestInterrupt: without a handler the child ends as it would under tini.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, sh("echo ready; exec sleep 1000")...)})
	r.says("ready")
	r.pidOf("sleep 1000") // a shell that has not executed it yet gets SIGTERM
	r.signal(syscall.SIGINT)
	r.wantExit(130)
}

func TestDeadlineKills(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--deadline", "1s"}, role("ignore", "15")...)})
	r.says("ready")
	begin := time.Now()
	r.signal(syscall.SIGTERM)
	r.wantExit(137)
	if took := time.Since(begin); took < time.Second {
		t.Errorf("SIGKILL after %v: earlier than told", took)
	}
	r.logs("deadline hit, SIGKILL sent")
	r.logs("deadline_hit=true")
}

func TestSameSignalAgainEndsTheHold(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--drain-delay", "1h"}, role("wait", "0")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.logs("stop requested")
	r.signal(syscall.SIGQUIT) // a different one is no second one
	time.Sleep(300 * time.Millisecond)
	if strings.Contains(r.stdout.String(), "stopping") {
		t.Error("a different signal ended the hold")
	}
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	r.logs("asked again")
}

func TestStoppedChildIsContinued(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, role("wait", "4")...)})
	r.says("ready")
	child := r.pidOf("role:wait")
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	testkit.Soon(t, "the child is stopped", func() bool { return stateOf(child) == 'T' })
	r.signal(syscall.SIGTERM)
	r.wantExit(4)
}

func TestKilledChild(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, sh("echo ready; exec sleep 1000")...)})
	r.says("ready")
	if err := syscall.Kill(r.pidOf("sleep 1000"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	r.wantExit(137)
	r.logs("SIGKILL that drainit did not send")
}

// TestEverySignalIsForwarded covers all signals that are forwarded and that the
// child can see.
func TestEverySignalIsForwarded(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--stop-on", "SIGTERM"}, role("signals")...)})
	r.says("ready")
	dropped := map[int]bool{ // documented: see docs/reference.md
		4: true, 5: true, 7: true, 8: true, 11: true, 31: true, // faults
		9: true, 19: true, // cannot be caught
		13: true, 15: true, 17: true, 23: true, 24: true, 25: true, 27: true, 32: true, 33: true, 34: true,
	}
	for n := 1; n <= 64; n++ {
		if dropped[n] {
			continue
		}
		r.signal(syscall.Signal(n))
		r.says(fmt.Sprintf("got %d.", n))
	}
	for _, n := range []int{4, 5, 7, 8, 11, 31, 23, 13, 24, 25, 27, 32, 33, 34} { // none ends drainit
		r.signal(syscall.Signal(n))
	}
	r.signal(syscall.SIGHUP)
	r.signal(syscall.SIGTERM)
	r.says("got 15.")
	r.wantExit(0)
	if strings.Contains(r.stderr.String(), "goroutine") {
		t.Errorf("stack dump: %s", r.stderr)
	}
}

func TestMap(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--stop-on", "TERM", "--map", "HUP=USR2,USR1=none"}, role("signals")...)})
	r.says("ready")
	r.signal(syscall.SIGUSR1)
	r.signal(syscall.SIGHUP)
	r.says("got 12.")
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	if strings.Contains(r.stdout.String(), "got 10.") || strings.Contains(r.stdout.String(), "got 1.") {
		t.Errorf("got what was translated or dropped: %q", r.stdout)
	}
}

// TestStopSignalFromImage: what FROM nginx (SIGQUIT) or httpd (SIGWINCH) makes
// the platform send is a stop, not a stack dump and not nothing.
func TestStopSignalFromImage(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGWINCH, syscall.SIGUSR1, syscall.SIGUSR2, 37} {
		r := launch(t, spec{args: command(nil, sh("trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done")...)})
		r.says("ready")
		r.signal(sig)
		r.wantExit(6)
		if strings.Contains(r.stderr.String(), "goroutine") {
			t.Errorf("%v: stack dump: %s", sig, r.stderr)
		}
	}
}

// TestQuitWithAGoProgram: FROM nginx with a Go program that handles no SIGQUIT.
func TestQuitWithAGoProgram(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, role("wait", "6")...)})
	r.says("ready")
	r.signal(syscall.SIGQUIT)
	r.wantExit(6)
	if strings.Contains(r.stderr.String(), "goroutine") {
		t.Errorf("stack dump: %s", r.stderr)
	}
}

func TestGroupIsSignalled(t *testing.T) {
	t.Parallel()
	script := `trap 'echo parent; exit 3' TERM; (trap 'echo member; exit' TERM; echo ready; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`
	r := launch(t, spec{args: command([]string{"--group"}, sh(script)...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.says("member")
	r.wantExit(3)
}

// TestWrapperIsLookedThrough: the program in the shell gets the signal, and the
// shell may end with a status of its own.
func TestWrapperIsLookedThrough(t *testing.T) {
	t.Parallel()
	self, _ := os.Executable()
	r := launch(t, spec{args: command(nil, sh(self+" role:wait 3; exit $(($?+1))")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.says("stopping")
	r.wantExit(4)
}

// TestWrapperThatStartsAgainIsStopped: a shell that would start its program
// again is told once the program is gone.
func TestWrapperThatStartsAgainIsStopped(t *testing.T) {
	t.Parallel()
	self, _ := os.Executable()
	r := launch(t, spec{args: command(nil, sh("while :; do "+self+" role:wait 0; done")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(143)
}

// TestWrappersInWrappers: each is told when the one inside has gone.
func TestWrappersInWrappers(t *testing.T) {
	t.Parallel()
	self, _ := os.Executable()
	inner := "while :; do " + self + " role:wait 0; done"
	r := launch(t, spec{args: command(nil, sh("sh -c '"+inner+"'; exit 7")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(7) // the outer shell ends by itself, in time
}

// TestStopDuringStart sends the stop at any instant from the child's exec on.
func TestStopDuringStart(t *testing.T) {
	t.Parallel()
	for i := range 40 {
		r := launch(t, spec{args: command(nil, sh("exec sleep 1000")...)})
		r.pidOf("sleep 1000")
		r.signal(syscall.SIGTERM)
		if got := r.exit(); got != 143 || strings.Contains(r.stderr.String(), "goroutine") {
			t.Fatalf("round %d: got exit status %d, want 143; stderr %q", i, got, r.stderr)
		}
	}
}

// TestQuitDuringStart: no signal gives a stack dump once the child runs.
func TestQuitDuringStart(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		r := launch(t, spec{args: command(nil, sh("exec sleep 1000")...)})
		r.pidOf("sleep 1000")
		r.signal(syscall.SIGQUIT)
		if got := r.exit(); got != 143 || strings.Contains(r.stderr.String(), "goroutine") {
			t.Fatalf("round %d: got exit status %d, want 143; stderr %q", i, got, r.stderr)
		}
	}
}

func TestTerminationLog(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/last-words"
	r := launch(t, spec{args: command([]string{"--deadline", "1s", "--log-format", "json", "--termination-log", path}, role("ignore", "15")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(137)
	b, err := os.ReadFile(path)
	if err != nil || strings.Count(string(b), "\n") != 1 || !strings.Contains(string(b), `"deadline_hit":true`) {
		t.Errorf("got %q, %v; want the drain report in one line", b, err)
	}
}

// Some write /dev/stdout, which is a link to whatever that is: a pipe here, which
// has no path of its own to be opened by. Another link is not followed.
func TestTerminationLogOnAStandardStream(t *testing.T) {
	t.Parallel()
	link := t.TempDir() + "/link"
	if err := os.Symlink("/dev/null", link); err != nil {
		t.Fatal(err)
	}
	for path, lines := range map[string]int{"/dev/stdout": 1, "/dev/stderr": 0, link: 0} {
		r := launch(t, spec{args: command([]string{"--log-level", "warn", "--termination-log", path}, role("wait", "0")...)})
		r.says("ready")
		r.signal(syscall.SIGTERM)
		r.wantExit(0)
		if got := strings.Count(r.stdout.String(), "drain report"); got != lines {
			t.Errorf("%s: %d reports on standard output, want %d: %q", path, got, lines, r.stdout)
		}
		log := r.stderr.String()
		switch {
		case path == "/dev/stderr" && strings.Count(log, "drain report") != 1:
			t.Errorf("%s: want one report, at a level that leaves it out of the log: %q", path, log)
		case path == "/dev/stdout" && log != "":
			t.Errorf("%s: the log has %q, want nothing", path, log)
		case path == link && !strings.Contains(log, "a symbolic link, which is not followed"):
			t.Errorf("%s: the log has %q, want what is wrong", path, log)
		}
	}
}

// drainit is frozen over the child's end and the deadline: the child ended by
// itself, in time, and that is what is said. Which of the two is read first is
// left to chance, hence several.
func TestFrozenOverTheEnd(t *testing.T) {
	t.Parallel()
	for range 4 {
		r := launch(t, spec{args: command([]string{"--deadline", "1s", "--drain-delay", "0s"}, role("stamps", "100ms", "3")...)})
		r.says("ready")
		r.signal(syscall.SIGTERM)
		r.says("told")
		r.signal(syscall.SIGSTOP)
		r.says("done")
		time.Sleep(1100 * time.Millisecond) // past the deadline
		r.signal(syscall.SIGCONT)
		r.wantExit(3)
		if log := r.stderr.String(); !strings.Contains(log, "deadline_hit=false") || strings.Contains(log, "SIGKILL") {
			t.Errorf("want no deadline hit:\n%s", log)
		}
	}
}
