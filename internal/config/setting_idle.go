package config

import (
	"errors"

	"drainit/internal/idle"
)

// setIdleChecks reads a check a line.
func setIdleChecks(c *Config, v string) error {
	c.IdleChecks, c.Settings.IdleCheck = nil, false
	if v == "none" {
		return nil
	}
	_, errs := eachLine(v, func(line string) error {
		check, err := idle.Parse(line)
		if err == nil {
			c.IdleChecks = append(c.IdleChecks, check)
		}
		return err
	})
	c.Settings.IdleCheck = true
	return errors.Join(errs...)
}
