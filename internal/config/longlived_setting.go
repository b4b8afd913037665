package config

import (
	"errors"
	"strings"

	"drainit/internal/drain"
)

// setFrontLongLived reads hold, off, or a duration.
func setFrontLongLived(c *Config, v string) error {
	var stay drain.Stay
	switch {
	case v == "hold":
	case v == "off":
		stay.Off = true
	default:
		d, err := ParseDuration(v)
		if n := Nearest(strings.ToLower(v), []string{"hold", "off"}); err != nil && n != "" {
			return errors.New("no duration; did you mean " + n + "?")
		}
		if err != nil {
			return err
		}
		stay.For, stay.Given = d, true
	}
	c.Settings.LongLived = stay
	return nil
}
