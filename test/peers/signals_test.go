package peers_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// passedOn are the signals that any init passes on: not faults, which are about
// the process that made them, and none that its own doings can raise (SIGPIPE,
// SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ, SIGCHLD, SIGURG).
var passedOn = []syscall.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGSTKFLT,
	syscall.SIGCONT, syscall.SIGTSTP, syscall.SIGVTALRM, syscall.SIGWINCH, syscall.SIGIO, syscall.SIGPWR,
	35, 36, 37, 38, 50, 62, 63, 64,
}

// TestEverySignalInOrder sends one after the other and wants the same list back.
func TestEverySignalInOrder(t *testing.T) {
	t.Parallel()
	for _, adopted := range []bool{false, true} {
		compare(t, func(a *attempt) {
			p := a.start(spec{adopted: adopted, flags: map[string][]string{"drainit": {"--stop-on", "SIGTERM"}}, command: role("signals")})
			p.says("ready")
			p.settled()
			var want strings.Builder
			want.WriteString("ready\n")
			for _, sig := range append(passedOn, syscall.SIGTERM) {
				p.signal(sig)
				fmt.Fprintf(&want, "got %d\n", sig)
				p.says(want.String())
			}
			p.wantExit(0)
			if got := p.stdout.String(); strings.TrimSuffix(got, "got 18\n") != want.String() { // SIGCONT follows the stop signal
				a.fail("got %q, want %q", got, want.String())
			}
		})
	}
}

// settled waits until drainit receives every signal: the real-time ones while
// the child starts, and just before drainit leaves its working directory.
func (p *process) settled() {
	if p.is("drainit") {
		p.soon("drainit is in /", func() bool {
			cwd, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", p.pid))
			return cwd == "/"
		})
	}
}

// TestDeathBySignal: what the init passes on ends a program that handles
// nothing, with 128+n. With no settings drainit takes some of them for the stop
// that an image's STOPSIGNAL asks for: then it is SIGTERM that ends it.
func TestDeathBySignal(t *testing.T) {
	t.Parallel()
	stop := map[syscall.Signal]bool{
		syscall.SIGQUIT: true, syscall.SIGUSR1: true, syscall.SIGUSR2: true, 37: true,
	}
	for _, sig := range []syscall.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGTERM,
		syscall.SIGVTALRM, syscall.SIGIO, 37, 40, 64,
	} {
		compare(t, func(a *attempt) {
			p := a.start(spec{command: sh("ulimit -c 0; echo ready; exec sleep 1000")})
			p.says("ready")
			p.below("sleep 1000")
			p.settled()
			want := 128 + int(sig)
			if a.is("drainit") && stop[sig] {
				want = 128 + int(syscall.SIGTERM)
			}
			p.signal(sig)
			p.wantExit(want)
		})
	}
}

// TestSignalsBlockedFromTheStart: whoever started the init had blocked every
// signal. It hears them nevertheless.
func TestSignalsBlockedFromTheStart(t *testing.T) {
	t.Parallel()
	var all []string
	for n := 1; n <= 64; n++ {
		all = append(all, fmt.Sprint(n))
	}
	compare(t, func(a *attempt) {
		p := a.start(spec{prepare: "block=" + strings.Join(all, ","), command: role("signals"),
			flags: map[string][]string{"drainit": {"--stop-on", "SIGTERM"}}})
		p.says("ready")
		p.settled()
		for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGWINCH, 40, 64} {
			p.signal(sig)
			p.says(fmt.Sprintf("got %d\n", sig))
		}
		p.signal(syscall.SIGTERM)
		p.wantExit(0)
	})
}

// TestChildSignalIgnoredFromTheStart: an ignored SIGCHLD would have the kernel
// reap the child, and nobody would learn its status. tini waits for ever.
func TestChildSignalIgnoredFromTheStart(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		p := a.start(spec{prepare: "ignore=17", command: sh("(sleep 0.1 &); exit 6")})
		p.wantExit(6)
	})
}

// TestSameStopTwiceAtOnce: platforms and process groups deliver it twice. The
// program, which may take a second one for "now", gets one.
func TestSameStopTwiceAtOnce(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		p := a.start(spec{command: role("count")})
		p.says("ready")
		p.signal(syscall.SIGTERM)
		p.says("got 15")
		p.signal(syscall.SIGTERM)
		p.signal(syscall.SIGUSR2) // looked at after both
		p.wantExit(1)
	})
}

// TestStoppedAndContinuedInit: an init that was stopped loses nothing of what
// came meanwhile.
func TestStoppedAndContinuedInit(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		p := a.start(spec{command: role("signals"), flags: map[string][]string{"drainit": {"--stop-on", "SIGTERM"}}})
		p.says("ready")
		p.settled()
		p.signal(syscall.SIGSTOP)
		a.soon("the init is stopped", func() bool { return state(p.pid) == "T" })
		sent := []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, 40}
		for _, sig := range sent {
			p.signal(sig)
		}
		p.signal(syscall.SIGCONT)
		for _, sig := range sent {
			p.says(fmt.Sprintf("got %d\n", sig))
		}
		p.signal(syscall.SIGTERM)
		p.wantExit(0)
	})
}

// TestTranslationIsNotRecursive: what a signal was translated to is not
// translated again, and a dropped one does not arrive.
func TestTranslationIsNotRecursive(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		p := a.start(spec{command: role("signals"),
			flags: map[string][]string{"drainit": {"--stop-on", "SIGTERM", "--map", "HUP=USR1,USR1=USR2,USR2=none"}}})
		p.says("ready")
		p.settled()
		p.signal(syscall.SIGHUP)
		p.says("ready\ngot 10\n")
		p.signal(syscall.SIGUSR1)
		p.says("ready\ngot 10\ngot 12\n")
		p.signal(syscall.SIGUSR2)
		p.signal(syscall.SIGALRM)
		p.says("ready\ngot 10\ngot 12\ngot 14\n")
		p.signal(syscall.SIGTERM)
		p.wantExit(0)
	})
}
