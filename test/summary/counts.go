package main

import (
	"fmt"
	"os"
)

// counts are those of the last line of a report, and whether all was well.
type counts struct {
	passed, failed, skipped int
	ok                      bool
}

const countsFormat = "%d passed, %d failed, %d skipped"

func (c counts) String() string { return fmt.Sprintf(countsFormat, c.passed, c.failed, c.skipped) }

// write keeps c for the part that comes next.
func (c counts) write(file string) error {
	return os.WriteFile(file, fmt.Appendf(nil, countsFormat+", ok %t\n", c.passed, c.failed, c.skipped, c.ok), 0o644)
}

// addTo returns the sum of c and what the part before it has kept. Where that has kept nothing, nobody knows how it
// ended, and that is an error.
func (c counts) addTo(file string) (counts, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return c, err
	}
	var before counts
	if _, err := fmt.Sscanf(string(text), countsFormat+", ok %t", &before.passed, &before.failed, &before.skipped, &before.ok); err != nil {
		return c, fmt.Errorf("%s: %q are no counts: %w", file, text, err)
	}
	return counts{c.passed + before.passed, c.failed + before.failed, c.skipped + before.skipped, c.ok && before.ok}, nil
}
