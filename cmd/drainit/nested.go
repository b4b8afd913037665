package main

import (
	"os"
	"slices"
	"strings"
	"time"

	"drainit/internal/proc"
	"drainit/internal/signals"
)

// underDrainit reports whether this process descends from another drainit, which
// is asked to stop before it and holds. PID 1 descends from nobody it can see.
func underDrainit() bool {
	if os.Getpid() == 1 || proc.Check() != nil {
		return false
	}
	lines, pid := newCommandLines(), os.Getppid()
	for range lookDepth {
		stat, err := proc.Stat(pid)
		if err != nil {
			return false
		}
		p := signals.Process{Comm: stat.Comm, Argv: lines.of(pid, stat.Comm, time.Now().Add(lookPatience))}
		if p.IsDrainit() {
			return true
		}
		pid = stat.PPID
	}
	return false
}

// parseUnder is parse under another drainit. The variables that hold, and those
// by which peers are known, are that one's too, and it has held and waited, has what
// a front listens on and has done the actions when this one is asked: only a flag of
// its own has this one do so again. Where no signal is sent, since actions are the
// stop, that is the other one's as well.
func parseUnder(args, env []string) (cfg config, warnings []string, err error) {
	var shared []string
	for _, name := range []string{"drain-delay", "drain-until", "at-drain", "at-stop", "front", "front-forwarded",
		"name", "stop-order", "exit-with"} {
		shared = append(shared, variableOf(name))
	}
	own := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(shared, name) || kv == variableOf("stop-signal")+"=none"
	})
	r := readConfig(args, own)
	r.cfg.Settings.Held = true
	return r.result(own)
}
