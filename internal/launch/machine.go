package launch

import (
	"fmt"
	"os"

	"drainit/internal/config"
	"drainit/internal/process"
)

// Machine checks that there is a machine to end, if that is asked for.
func Machine(cfg config.Config) error {
	if cfg.OnExit == config.Exit {
		return nil
	}
	if err := process.OwnMachine(); err != nil {
		return fmt.Errorf("--on-exit %s: drainit is not the first process of a machine: %w; leave it out (DRAINIT_ON_EXIT) in containers, where the engine decides what comes next", cfg.OnExit, err)
	}
	return nil
}

// Leave ends the machine, if there is one and that is asked for, or returns the status to leave with.
func Leave(cfg config.Config, status int) int {
	if cfg.OnExit == config.Exit || process.OwnMachine() != nil {
		return status
	}
	if err := process.EndMachine(cfg.OnExit == config.Reboot); err != nil {
		fmt.Fprintf(os.Stderr, "drainit: --on-exit %s: reboot(2): %v\n", cfg.OnExit, err)
	}
	return status
}
