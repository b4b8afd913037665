package process

import (
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"drainit/internal/early"
	"drainit/internal/signals"
)

// Queued is how many signals may wait.
const Queued = early.Queued

// Received carries what was sent to this process. SIGCHLD has a channel of its
// own, so that a flood of orphans crowds nothing out.
type Received struct {
	Signals chan os.Signal
	Child   chan os.Signal
	all     chan struct{} // closed when the real-time signals are received too
}

// firstRealTime is the first signal behind the standard ones, signal(7), and
// imageStop the one of the others that images name as STOPSIGNAL: SIGRTMIN+3.
const (
	firstRealTime = 32
	imageStop     = 37
)

// Receive begins to receive signals, and returns when none of the standard ones
// can be lost or do harm any more. The child is started then, while the
// real-time ones follow.
//
// Each signal costs Go's runtime a handshake between two threads, half as long
// where the goroutine that asks is not bound to a thread, as the main one is.
func Receive() Received {
	r := Received{early.Signals, make(chan os.Signal, 1), make(chan struct{})}
	if r.Signals == nil {
		r.Signals = make(chan os.Signal, early.Queued)
	}
	standard, realTime := receivable()
	begun := make(chan struct{})
	go func() {
		signal.Notify(r.Child, syscall.SIGCHLD)
		signal.Notify(r.Signals, standard...)
		close(begun)
		signal.Notify(r.Signals, realTime...)
		close(r.all)
	}()
	<-begun
	return r
}

// EndEarly has the signals that came so far, and those to come, end this process.
func EndEarly() { early.Forget() }

// receivable lists what is received, faults included: sent by kill(2) they would
// end an unprepared Go program with a stack dump.
func receivable() (standard, realTime []os.Signal) {
	for n := syscall.Signal(1); n <= 64; n++ {
		switch {
		case signals.Receivable(n) != nil || n == syscall.SIGCHLD:
		case n == syscall.SIGTTIN || n == syscall.SIGTTOU: // see settle
		case n < firstRealTime || n == imageStop:
			standard = append(standard, n)
		default:
			realTime = append(realTime, n)
		}
	}
	return standard, realTime
}

// Settle decides about the signals that had to wait for the child's start, since
// it would have inherited that they are ignored. It returns when every signal is
// received.
//
// With a terminal drainit is in its background, and a line it logs must not stop
// it where the terminal says so (TOSTOP, termios(3)). Received, SIGTTOU would
// come again and again: the write starts anew after each. Without one SIGTTIN
// and SIGTTOU mean what the program makes of them: Gunicorn's number of workers.
//
// Signals 32 and 34 end a Go program that is not PID 1; nobody can be told of
// them (see signals.Receivable).
func (r Received) Settle() {
	if hasTerminal() {
		signal.Ignore(syscall.SIGTTIN, syscall.SIGTTOU)
	} else {
		signal.Notify(r.Signals, syscall.SIGTTIN, syscall.SIGTTOU)
	}
	ignore(32)
	ignore(34)
	<-r.all
}

// hasTerminal reports whether one of the standard streams is this process's
// controlling terminal, in the foreground or not.
func hasTerminal() bool {
	for fd := range 3 {
		if _, err := unix.IoctlGetUint32(fd, unix.TIOCGPGRP); err == nil {
			return true
		}
	}
	return false
}

// ignore ignores a signal that os/signal leaves alone.
func ignore(sig uintptr) {
	action := sigaction{handler: sigIgn}
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&action)), 0, sigsetSize, 0, 0)
}
