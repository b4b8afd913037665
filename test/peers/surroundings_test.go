package peers_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"drainit/internal/testkit"
)

// TestPoorSurroundings: whatever a container lacks, the child runs, hears
// SIGTERM, and its status is passed on.
func TestPoorSurroundings(t *testing.T) {
	t.Parallel()
	for _, lacks := range []string{
		"proc=none", "proc=readonly", "proc=hidepid", "proc=hidepid4", "proc=foreign",
		"nofile=16", "cpu=0",
		"refuse=1:pidfd_open", "refuse=38:pidfd_open,faccessat2,clone3,close_range", "refuse=1:netlink", "refuse=93:netlink",
		"refuse=1:ptrace,faccessat2,madvise,chdir", "refuse=1:ioctl", "refuse=1:prctl",
		"drop=0,1,2,3,5,6,7,8,9,10,11,12,13,14,21,23,24,25,31",
	} {
		for _, adopted := range []bool{false, true} {
			alone(t, func(a *attempt) {
				p := a.start(spec{adopted: adopted, prepare: lacks, flags: serving(t), command: role("wait", "6")})
				p.says("ready")
				p.signal(syscall.SIGTERM)
				p.wantExit(6)
				if strings.Contains(p.stderr.String(), "goroutine ") {
					a.fail("%s: stack dump: %s", lacks, p.stderr)
				}
			})
		}
	}
}

// TestHiddenProgram: drainit says that it cannot recognise the program, at the start
// or once the program has another user, unless it was told all it would look for.
func TestHiddenProgram(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const hidden, trap = "the program cannot be seen in /proc", "trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done"
	told := map[string][]string{"drainit": {"--stop-signal", "TERM", "--ports", "none"}}
	other := role("become", "65534", "sh", "-c", trap)
	for _, tt := range []struct {
		prepare string
		flags   map[string][]string
		command []string
		says    bool
	}{
		{"proc=none", nil, sh(trap), true},
		{"proc=foreign", nil, sh(trap), true},
		{"proc=none", told, sh(trap), false},
		{"proc=hidepid4", nil, sh(trap), false},
		{"proc=hidepid4 drop=19", nil, sh(trap), false},
		{"proc=hidepid4 drop=19", nil, other, true}, // 19 is CAP_SYS_PTRACE, which engines give to nobody
		{"proc=hidepid4 drop=19", told, other, false},
	} {
		alone(t, func(a *attempt) {
			p := a.start(spec{prepare: tt.prepare, flags: tt.flags, command: tt.command})
			p.says("ready")
			p.signal(syscall.SIGTERM)
			p.wantExit(6)
			want := 0
			if tt.says {
				want = 1
			}
			if got := strings.Count(p.stderr.String(), hidden); got != want {
				a.fail("%s, %v: said %d times, want %d: %s", tt.prepare, tt.command, got, want, p.stderr)
			}
		})
	}
}

// TestDeadlineWithoutProc: where /proc does not tell who its children are,
// drainit knows the program and its process group nevertheless, and says that it
// knows no more.
func TestDeadlineWithoutProc(t *testing.T) {
	t.Parallel()
	for _, lacks := range []string{"proc=none", "proc=foreign"} {
		alone(t, func(a *attempt) {
			p := a.start(spec{adopted: true, prepare: lacks, flags: map[string][]string{"drainit": {"--deadline", "300ms"}},
				command: sh("trap '' TERM; (echo ready; while :; do sleep 0.05; done) & while :; do sleep 0.05; done")})
			p.says("ready")
			p.signal(syscall.SIGTERM)
			p.wantExit(137)
			p.logs(`to="the program and its process group`)
			p.logs("ended=killed")
		})
	}
}

// TestSweepWithoutProc: leftovers cannot be told from others, and drainit says
// so instead of that they were killed.
func TestSweepWithoutProc(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		p := a.start(spec{adopted: true, prepare: "proc=none", flags: map[string][]string{"drainit": {"--sweep", "300ms"}},
			command: sh("setsid sleep 1000 & exit 3")})
		p.wantExit(3)
		p.logs("leftovers not killed")
		if strings.Contains(p.stderr.String(), `"leftovers killed"`) {
			a.fail("claims to have killed: %s", p.stderr)
		}
	})
}

// serving makes drainit serve its probes where nobody is in the way.
func serving(t *testing.T) map[string][]string {
	return map[string][]string{"drainit": {"--probe-addr", testkit.FreeAddr(t)}}
}

// TestClosedStandardStreams: those that were closed are /dev/null for the
// child, and nothing of drainit's own takes their numbers.
func TestClosedStandardStreams(t *testing.T) {
	t.Parallel()
	for _, closed := range []string{"0", "0,1", "2"} {
		alone(t, func(a *attempt) {
			p := a.start(spec{prepare: "close=" + closed, flags: serving(t), command: role("fds")})
			p.wantExit(0)
			if out, want := p.stdout.String(), "open "+openFDs()+"\n"; out != "" && out != want {
				a.fail("closed %s: the child got %q, want %q", closed, out, want)
			}
		})
	}
}

// TestClosedStandardStreamWithoutDevNull: what the manual says of it. Go's runtime
// wants the three descriptors open, and nothing of ours has begun when it gives up.
func TestClosedStandardStreamWithoutDevNull(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		p := a.start(spec{prepare: "dev=none close=0", command: []string{"/bin/true"}})
		p.wantExit(2)
		p.logs("standard file descriptor 0 closed, unable to open /dev/null")
	})
	alone(t, func(a *attempt) { // none is needed where all three are there
		a.start(spec{prepare: "dev=none", command: []string{"/bin/true"}}).wantExit(0)
	})
}

// TestGoTuningOfTheChild: variables that tune Go programs are the child's.
func TestGoTuningOfTheChild(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		p := a.start(spec{env: []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=gctrace=1"}, command: sh(`echo "$GOMAXPROCS $GOGC $GODEBUG"`)})
		p.says("1 off gctrace=1\n")
		p.wantExit(0)
	})
}

// TestLargeEnvironment: nearly all that the kernel takes.
func TestLargeEnvironment(t *testing.T) {
	t.Parallel()
	var large []string
	for n := range 12 {
		large = append(large, fmt.Sprintf("LARGE_%d=%s", n, strings.Repeat("x", 100<<10)))
	}
	for _, more := range []string{"NOTHING=", "GODEBUG="} {
		compare(t, func(a *attempt) {
			a.start(spec{env: append(large, more), command: sh("exit 4")}).wantExit(4)
		})
	}
}

// TestChildOfAnotherUser: without CAP_KILL nobody can signal it. tini gives up,
// and the container ends under the program; drainit says what is missing and
// waits for the program's own end.
func TestChildOfAnotherUser(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const capKill = "5"
	alone(t, func(a *attempt) {
		self := role("become", "65534", "sh", "-c", "echo ready; sleep 1; exit 8")
		p := a.start(spec{prepare: "drop=" + capKill, command: self})
		p.says("ready")
		p.signal(syscall.SIGTERM)
		p.logs("CAP_KILL")
		p.wantExit(8)
	})
	for _, adopted := range []bool{false, true} { // nor can it be killed, and drainit leaves all the same
		alone(t, func(a *attempt) {
			self := role("become", "65534", "sh", "-c", "echo ready; exec sleep 1000")
			p := a.start(spec{adopted: adopted, prepare: "drop=" + capKill, flags: map[string][]string{"drainit": {"--deadline", "200ms"}}, command: self})
			p.says("ready")
			p.signal(syscall.SIGTERM)
			p.wantExit(137)
			p.logs("deadline hit, SIGKILL not sent")
		})
	}
}

// TestProgramOfAnotherUserInAWrapper: the wrapper may be signalled, and the stop
// is not lost with the program that may not.
func TestProgramOfAnotherUserInAWrapper(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const capKill = "5"
	for _, adopted := range []bool{false, true} {
		compare(t, func(a *attempt) {
			inner := role("become", "65534", "sh", "-c", "echo ready; exec sleep 1000")
			wrapper := append([]string{"/bin/sh", "-c", `"$@"; exit 7`, "sh"}, inner...)
			p := a.start(spec{adopted: adopted, prepare: "drop=" + capKill, command: wrapper})
			p.says("ready")
			p.below("sleep 1000")
			p.signal(syscall.SIGTERM)
			p.wantExit(143)
			if a.is("drainit") {
				p.logs(`msg="stop signal sent" signal=SIGTERM`)
				p.logs("signal not allowed")
			}
		})
	}
}
