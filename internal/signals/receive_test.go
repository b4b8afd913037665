package signals

import (
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestReceivableAndForwardable(t *testing.T) {
	deaf := []Signal{syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGURG, syscall.SIGPROF, syscall.SIGPIPE, syscall.SIGXCPU, syscall.SIGXFSZ, 32, 33, 34}
	faults := []Signal{syscall.SIGILL, syscall.SIGTRAP, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV, syscall.SIGSYS}
	for sig := Signal(1); sig <= 64; sig++ {
		receivable := !slices.Contains(deaf, sig)
		if err := Receivable(sig); (err == nil) != receivable {
			t.Errorf("Receivable(%s) = %v, want an error: %v", Name(sig), err, !receivable)
		}
		forwardable := receivable && sig != syscall.SIGCHLD && !slices.Contains(faults, sig)
		if got := Forwardable(sig); got != forwardable {
			t.Errorf("Forwardable(%s) = %v, want %v", Name(sig), got, forwardable)
		}
	}
	for _, sig := range []Signal{-1, 0, 65} {
		if Receivable(sig) == nil || Forwardable(sig) {
			t.Errorf("%d is receivable or forwardable and no signal", int(sig))
		}
	}
}

func TestReceivableSaysWhy(t *testing.T) {
	for sig, want := range map[Signal]string{
		syscall.SIGKILL: "signal(7)", syscall.SIGSTOP: "signal(7)", syscall.SIGPROF: "profiler",
		syscall.SIGURG: "scheduler", syscall.SIGPIPE: "hangs up", syscall.SIGXCPU: "limit", syscall.SIGXFSZ: "limit", 32: "signal 32", 33: "signal 33", 34: "C libraries",
	} {
		if err := Receivable(sig); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Receivable(%d) = %v, want %q in it", int(sig), err, want)
		}
	}
}

// What Receivable promises is a fact about this Go: every such signal, sent from
// outside as kill(1) would, arrives.
func TestReceivableArrives(t *testing.T) {
	c := make(chan os.Signal, 64)
	signal.Notify(c)
	defer signal.Stop(c)
	for sig := Signal(1); sig <= 64; sig++ {
		if Receivable(sig) != nil {
			continue
		}
		if err := syscall.Kill(os.Getpid(), sig); err != nil {
			t.Fatalf("kill %s: %v", Name(sig), err)
		}
		if !arrives(c, sig) {
			t.Errorf("%s was sent and did not arrive", Name(sig))
		}
	}
}

// arrives waits for one signal among others: SIGURG comes at any time, SIGCHLD
// may.
func arrives(c <-chan os.Signal, want Signal) bool {
	late := time.After(30 * time.Second)
	for {
		select {
		case got := <-c:
			if got == want {
				return true
			}
		case <-late:
			return false
		}
	}
}
