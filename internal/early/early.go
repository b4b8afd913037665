// Package early receives what stops a container before drainit is ready for it. Go's
// runtime catches these signals from its first moments on and, as PID 1, exits with 2 for
// one that nobody receives, the program not started.
//
// It needs next to nothing, and so is initialised before what takes milliseconds, or as
// many tenths of a second where there is little processor time: the packages of one file
// are in the order of their import paths, as far as they do not need each other.
package early

import (
	"os"
	"os/signal"
	"syscall"
)

// Queued is how many signals may wait. Go's runtime keeps one of each number; beyond that
// a full channel would lose them.
const Queued = 128

// Signals is where they come, in PID 1, and nil in all others, which they end.
var Signals = receive()

func receive() chan os.Signal {
	if os.Getpid() != 1 {
		return nil
	}
	c := make(chan os.Signal, Queued)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP)
	return c
}

// Forget has them end this process again, one that has come already included.
func Forget() {
	if Signals == nil {
		return
	}
	signal.Stop(Signals)
	select {
	case sig := <-Signals:
		os.Exit(128 + int(sig.(syscall.Signal)))
	default:
	}
}
