package signals

import (
	"errors"
	"fmt"
	"syscall"
)

// Receivable returns nil if drainit can be told of sig, else why it cannot.
//
// What Go's runtime keeps to itself is its own doing (runtime/sigtab_linux_generic.go):
// os/signal accepts these signals and never delivers them, or, as for SIGURG,
// delivers its own among them.
func Receivable(sig Signal) error {
	switch sig {
	case syscall.SIGKILL, syscall.SIGSTOP:
		return fmt.Errorf("%s cannot be caught by any program (signal(7))", Name(sig))
	case syscall.SIGPROF:
		return errors.New("SIGPROF cannot be received: Go's profiler keeps it")
	case syscall.SIGURG:
		return errors.New("SIGURG cannot be received: Go's scheduler sends it to itself, and the two cannot be told apart")
	case syscall.SIGPIPE:
		return errors.New("SIGPIPE cannot be received: drainit gets its own from each peer that hangs up, and the two cannot be told apart")
	case syscall.SIGXFSZ, syscall.SIGXCPU:
		return fmt.Errorf("%s cannot be received: drainit gets its own at a limit it shares with the program (setrlimit(2)), and the two cannot be told apart", Name(sig))
	case 32, 33, 34:
		return fmt.Errorf("signal %d cannot be received: C libraries keep it for their threads, so Go's runtime leaves it alone", int(sig))
	}
	if bit(sig) == 0 {
		return fmt.Errorf("%d is not a signal: they go from 1 to 64", int(sig))
	}
	return nil
}

// Forwardable reports whether sig is passed on to the program when drainit
// receives it and it is no stop request. SIGCHLD is news for drainit alone, and
// a fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS) is about the
// process that made it. SIGABRT is passed on: kill -ABRT asks a program for its
// core dump.
func Forwardable(sig Signal) bool {
	return private(sig) == nil
}

// private returns why sig concerns drainit alone, or nil if it may be passed on
// or stand for a stop.
func private(sig Signal) error {
	switch sig {
	case syscall.SIGCHLD:
		return errors.New("SIGCHLD tells drainit that a process ended")
	case syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS:
		return fmt.Errorf("%s is a fault of the process that gets it", Name(sig))
	}
	return Receivable(sig)
}

// sendable returns why drainit does not send sig as its user's choice.
func sendable(sig Signal) error {
	switch sig {
	case syscall.SIGKILL:
		return errors.New("SIGKILL is sent only at a limit: set --deadline")
	case syscall.SIGSTOP:
		return errors.New("SIGSTOP suspends a program and cannot end it")
	}
	return nil
}
