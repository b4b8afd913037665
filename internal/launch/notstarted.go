package launch

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"drainit/internal/config"
	"drainit/internal/logging"
)

// NotStarted says why the program is not started, in the log's format as far as
// that is known, and returns the status to leave with.
func NotStarted(format string, status int, err error) int {
	if format != "json" {
		fmt.Fprintln(os.Stderr, config.Explain(err))
		return status
	}
	log := logging.New(os.Stderr, format, slog.LevelInfo)
	var list config.Problems
	if !errors.As(err, &list) {
		list = config.Problems{{Says: err.Error()}}
	}
	for _, p := range list {
		log.Error("program not started", p.Attrs(status)...)
	}
	return status
}

// Refuse says why the command cannot be started.
func Refuse(cfg config.Config, command string, err error) int {
	why, status := cannotRun(command, err)
	return NotStarted(cfg.LogFormat, status, errors.New(why))
}
