package main

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
)

// differ compares what was measured with what is committed, and returns what differs: a difference of less than a
// second is none. Cells that are "" were not asked for.
func differ(measured, committed []record, heads []string) []error {
	var differences []error
	for _, m := range measured {
		i := slices.IndexFunc(committed, func(c record) bool { return key(c, heads) == key(m, heads) })
		if i < 0 {
			differences = append(differences, fmt.Errorf("%s: not in the table", key(m, heads)))
			continue
		}
		for column, head := range heads {
			if got, want := m[column], committed[i][column]; got != "" && head != "version" && !alike(got, want) {
				differences = append(differences, fmt.Errorf("%s: %s: %q, and the table has %q", key(m, heads), head, got, want))
			}
		}
	}
	return differences
}

// key names a record: suite and wrapper, or suite, shell and script.
func key(r record, heads []string) string {
	name := r[0] + ": " + r[1]
	if i := slices.Index(heads, "script"); i >= 0 {
		name += ": " + r[i]
	}
	return name
}

var durations = regexp.MustCompile(`\d+\.\d s`)

// alike reports whether two cells say the same but for a second.
func alike(a, b string) bool {
	if durations.ReplaceAllString(a, "") != durations.ReplaceAllString(b, "") {
		return false
	}
	ours, theirs := durations.FindAllString(a, -1), durations.FindAllString(b, -1)
	for i := range ours {
		x, _ := strconv.ParseFloat(ours[i][:len(ours[i])-2], 64)
		y, _ := strconv.ParseFloat(theirs[i][:len(theirs[i])-2], 64)
		if math.Abs(x-y) >= 1 {
			return false
		}
	}
	return true
}
