package main

import (
	"os"
	"os/signal"
	"syscall"

	"drainit/internal/signals"
)

// queued is how many signals may wait. Go's runtime keeps one of each number;
// beyond that a full channel would lose them.
const queued = 128

// stopLike are the signals a platform may stop a container with. They are
// received before the child starts; the rest would only cost it time.
var stopLike = []os.Signal{
	syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP,
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH, syscall.Signal(37),
}

// received carries what was sent to this process. SIGCHLD has a channel of its
// own, so that a flood of orphans crowds nothing out.
type received struct {
	signals chan os.Signal
	child   chan os.Signal
}

// receiveStop begins to receive what must not be lost from the child's exec on.
func receiveStop() received {
	r := received{make(chan os.Signal, queued), make(chan os.Signal, 1)}
	signal.Notify(r.signals, stopLike...)
	signal.Notify(r.child, syscall.SIGCHLD)
	return r
}

// receiveRest receives everything else, faults included: sent by kill(2) they
// would end an unprepared Go program with a stack dump.
//
// With a terminal drainit is in its background now: a line it logs must not
// stop it where the terminal says so (TOSTOP, termios(3)).
func (r received) receiveRest(terminal bool) {
	var rest []os.Signal
	for n := syscall.Signal(1); n <= 64; n++ {
		switch {
		case signals.Receivable(n) != nil || n == syscall.SIGCHLD:
		case terminal && (n == syscall.SIGTTOU || n == syscall.SIGTTIN):
			signal.Ignore(n)
		default:
			rest = append(rest, n)
		}
	}
	signal.Notify(r.signals, rest...)
}
