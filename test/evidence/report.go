package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// tables are Markdown tables by name: the name is that of their place in a document.
type tables map[string]string

// table renders rows, the first of which are the heads.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(&b, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
	return b.String()
}

// rewrite puts tables into a document, each between <!-- NAME --> and <!-- end -->.
func rewrite(path string, made tables) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document := string(text)
	for name, t := range made {
		if document, err = replace(document, name, t); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return os.WriteFile(path, []byte(document), 0o644)
}

func replace(document, name, table string) (string, error) {
	mark := "<!-- " + name + " -->\n"
	before, rest, found := strings.Cut(document, mark)
	_, after, ended := strings.Cut(rest, "<!-- end -->")
	if !found || !ended {
		return "", fmt.Errorf("no place for the table %q", name)
	}
	return before + mark + table + "<!-- end -->" + after, nil
}

// spread is the median of durations and the least and the most, in seconds.
func spread(times []time.Duration) string {
	s := slices.Sorted(slices.Values(times))
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }
	return fmt.Sprintf("%s (%s to %s)", seconds(s[len(s)/2]), seconds(s[0]), seconds(s[len(s)-1]))
}
