package config

import (
	"errors"
	"strings"

	"drainit/internal/idle"
)

// setIdleChecks reads a check a line.
func setIdleChecks(c *Config, v string) error {
	c.IdleChecks, c.Settings.IdleCheck = nil, false
	if v == "none" {
		return nil
	}
	var errs []error
	for line := range strings.Lines(v) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		check, err := idle.Parse(line)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.IdleChecks = append(c.IdleChecks, check)
	}
	c.Settings.IdleCheck = true
	return errors.Join(errs...)
}
