package process

import (
	"log/slog"
	"runtime/debug"
)

// Survive is to be deferred wherever a panic would end the process: by the loop,
// and in every goroutine that does more than wait. A mistake of our own is logged
// and lived with; it must not end PID 1, and with it the child.
func Survive(log *slog.Logger) {
	if p := recover(); p != nil {
		log.Error("internal error, going on", "error", p, "stack", string(debug.Stack()))
	}
}
