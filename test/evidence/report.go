package main

import (
	"fmt"
	"slices"
	"time"
)

// tables are Markdown tables by name: the name is that of their place in a document.
type tables map[string]string

// spread is the median of durations and the least and the most, in seconds.
func spread(times []time.Duration) string {
	s := slices.Sorted(slices.Values(times))
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }
	return fmt.Sprintf("%s (%s to %s)", seconds(s[len(s)/2]), seconds(s[0]), seconds(s[len(s)-1]))
}
