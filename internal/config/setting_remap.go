package config

import (
	"fmt"
	"strconv"
	"strings"

	"drainit/internal/signals"
)

// CleanStatus stands for the status of a program that ended by the stop signal and has
// cut nothing. It is none that a process can have.
const CleanStatus = 256

// setRemapExit reads a list of exit statuses and what to make of them.
func setRemapExit(c *Config, v string) error {
	if v == "none" {
		c.RemapExit = nil
		return nil
	}
	remap := map[int]int{}
	for part := range strings.SplitSeq(v, ",") {
		from, to, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return fmt.Errorf("%q is not FROM=TO; write exit statuses such as 143=0, or clean=0", part)
		}
		f, err := CleanStatus, error(nil)
		if from = strings.TrimSpace(from); from != "clean" {
			f, err = parseStatus(from)
		}
		if err != nil {
			return err
		}
		t, err := parseStatus(to)
		if err != nil {
			return err
		}
		if old, twice := remap[f]; twice && old != t {
			return fmt.Errorf("%s is given twice, as %d and as %d; write it once", from, old, t)
		}
		remap[f] = t
	}
	c.RemapExit = remap
	return nil
}

func parseStatus(s string) (int, error) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseUint(s, 10, 8); err == nil {
		return int(n), nil
	}
	if sig, err := signals.Parse(s); err == nil && strings.Trim(s, "0123456789") != "" {
		return 0, fmt.Errorf("%q is a signal; the status of a program it ended is %d", s, 128+int(sig))
	}
	return 0, fmt.Errorf("%q is no exit status; one is 0 to 255, or, on the left, clean", s)
}
