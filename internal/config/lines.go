package config

import "strings"

// eachLine has every line read that is not empty, without the space around it, and
// returns how many there are and what is wrong with them.
func eachLine(v string, read func(line string) error) (n int, errs []error) {
	for line := range strings.Lines(v) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		n++
		if err := read(line); err != nil {
			errs = append(errs, err)
		}
	}
	return n, errs
}
