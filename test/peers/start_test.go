package peers_test

import (
	"fmt"
	"syscall"
	"testing"
)

// TestSignalFromTheFirstInstant: the program's first deed is to send its init a
// signal that ends it when it is passed on. As PID 1 an init that does not
// expect it yet would lose it, below another it could die of it. tini leaves out
// SIGABRT, which drainit passes on.
func TestSignalFromTheFirstInstant(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{
		syscall.SIGHUP, syscall.SIGABRT, syscall.SIGALRM, syscall.SIGSTKFLT, syscall.SIGCONT, syscall.SIGTSTP,
		syscall.SIGVTALRM, syscall.SIGIO, syscall.SIGPWR,
	} {
		for _, adopted := range []bool{false, true} {
			to := compare
			if sig == syscall.SIGABRT {
				to = alone
			}
			to(t, func(a *attempt) {
				script := fmt.Sprintf("trap 'exit 7' %d; kill -%d $PPID; while :; do sleep 0.02; done", sig, sig)
				a.start(spec{adopted: adopted, command: sh(script)}).wantExit(7)
			})
		}
	}
}

// TestFaultFromTheFirstInstant: a fault that somebody sends ends neither the
// init nor the program.
func TestFaultFromTheFirstInstant(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGILL, syscall.SIGTRAP, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV, syscall.SIGSYS} {
		compare(t, func(a *attempt) {
			a.start(spec{command: sh(fmt.Sprintf("kill -%d $PPID; sleep 0.1; exit 7", sig))}).wantExit(7)
		})
	}
}

// TestSignalsThatGoLeavesAlone end no init that is not PID 1, from the moment
// its child may be expected to run. tini passes 34 on.
func TestSignalsThatGoLeavesAlone(t *testing.T) {
	t.Parallel()
	for _, sig := range []int{27, 32, 33, 34} {
		alone(t, func(a *attempt) {
			p := a.start(spec{adopted: true, command: role("wait", "7")})
			p.says("ready")
			p.settled()
			p.signal(syscall.Signal(sig))
			p.signal(syscall.SIGTERM)
			p.wantExit(7)
		})
	}
}
