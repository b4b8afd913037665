package config

import "drainit/internal/drain"

// setFrontLongLived reads hold, off, or a duration.
func setFrontLongLived(c *Config, v string) error {
	var stay drain.Stay
	switch {
	case v == "hold":
	case v == "off":
		stay.Off = true
	default:
		d, err := durationOr(v, "hold", "off")
		if err != nil {
			return err
		}
		stay.For, stay.Given = d, true
	}
	c.Settings.LongLived = stay
	return nil
}
