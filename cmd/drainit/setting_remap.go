package main

import (
	"fmt"
	"strconv"
	"strings"

	"drainit/internal/signals"
)

// setRemapExit reads a list of exit statuses and what to make of them.
func setRemapExit(c *config, v string) error {
	if v == "none" {
		c.RemapExit = nil
		return nil
	}
	remap := map[int]int{}
	for part := range strings.SplitSeq(v, ",") {
		from, to, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return fmt.Errorf("%q is not FROM=TO; write exit statuses such as 143=0", part)
		}
		f, err := parseStatus(from)
		if err != nil {
			return err
		}
		t, err := parseStatus(to)
		if err != nil {
			return err
		}
		if old, twice := remap[f]; twice && old != t {
			return fmt.Errorf("%d is given twice, as %d and as %d; write it once", f, old, t)
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
	return 0, fmt.Errorf("%q is no exit status; one is 0 to 255", s)
}
