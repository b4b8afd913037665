package main

import (
	"log/slog"
	"runtime/debug"
)

// survive is to be deferred wherever a panic would end the process: by the loop,
// and in every goroutine that does more than wait. A mistake of our own is logged
// and lived with; it must not end PID 1, and with it the child.
func survive(log *slog.Logger) {
	if p := recover(); p != nil {
		log.Error("internal error, going on", "error", p, "stack", string(debug.Stack()))
	}
}

// guarded does something that must not cost what comes after it.
func (s *supervisor) guarded(do func()) {
	defer survive(s.log)
	do()
}
