package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"drainit/internal/drain"
)

// setDrainDelay reads auto, a duration, or a range of them.
func setDrainDelay(c *Config, v string) error {
	c.Settings.DelayMax = 0
	if c.Settings.DelayGiven = v != "auto"; !c.Settings.DelayGiven {
		return nil
	}
	least, most, isRange := strings.Cut(v, "..")
	switch {
	case !isRange && strings.Index(v, "-") > 0:
		return fmt.Errorf("a range has two dots; did you mean %s?", strings.Replace(v, "-", "..", 1))
	case !isRange:
		return setDuration(&c.Settings.Delay, v, "auto")
	case strings.HasPrefix(most, "."):
		return errors.New("too many dots; write two, as in 1s..15s")
	}
	minDelay, err := ParseDuration(strings.TrimSpace(least))
	if err != nil {
		return fmt.Errorf("before the dots: %w", err)
	}
	maxDelay, err := ParseDuration(strings.TrimSpace(most))
	switch {
	case err != nil:
		return fmt.Errorf("behind the dots: %w", err)
	case maxDelay < minDelay:
		return fmt.Errorf("ends before it begins; did you mean %s..%s?", most, least)
	case maxDelay == minDelay:
		return fmt.Errorf("a range of nothing; write %s", least)
	}
	c.Settings.Delay, c.Settings.DelayMax = minDelay, maxDelay
	return nil
}

func setDrainUntil(c *Config, v string) error {
	i := slices.Index(drain.Untils(), strings.ToLower(v))
	if i >= 0 {
		c.Settings.Until = drain.Until(i)
		return nil
	}
	if n := Nearest(strings.ToLower(v), drain.Untils()); n != "" {
		return fmt.Errorf("nothing to wait for; did you mean %s?", n)
	}
	return errors.New("nothing to wait for; write delay, idle or closed")
}
