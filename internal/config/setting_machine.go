package config

import (
	"errors"
	"fmt"
	"strings"
)

// What becomes of a machine whose first process drainit is, when that leaves: its kernel panics, or what reboot(2) does.
const (
	Exit     = "exit"
	PowerOff = "poweroff"
	Reboot   = "reboot"
)

func setOnExit(c *Config, v string) error {
	switch v {
	case Exit, PowerOff, Reboot:
		c.OnExit = v
		return nil
	}
	if n := Nearest(strings.ToLower(v), []string{Exit, PowerOff, Reboot}); n != "" {
		return fmt.Errorf("no such end; did you mean %s?", n)
	}
	return errors.New("no such end; write poweroff or reboot where drainit is a machine's first process, or exit")
}
