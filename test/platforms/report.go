package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// heads are those of every table of results.
var heads = []string{"route", "server", "response", "init", "rollouts", "requests", "lost",
	"new connections", "kept, GET", "kept, POST", "seconds"}

// tables renders the results, each in the table of its set-up.
func tables(results []result) map[string]string {
	rows := map[string][][]string{}
	for _, r := range results {
		if r.rollouts == 0 {
			continue // not measured, and said to be so
		}
		if rows[r.table] == nil {
			rows[r.table] = [][]string{heads}
		}
		rows[r.table] = append(rows[r.table], r.row())
	}
	made := map[string]string{}
	for name := range rows {
		made[name] = markdown(rows[name])
	}
	return made
}

func (r result) row() []string {
	sent, lost := 0, 0
	for _, c := range r.counts {
		sent += c.sent
		lost += c.losses()
	}
	row := []string{r.route.name, r.mode, r.response.String(), r.lane.name,
		fmt.Sprint(r.rollouts), fmt.Sprint(sent), fmt.Sprint(lost)}
	for _, c := range r.counts {
		row = append(row, c.text())
	}
	return append(row, seconds(r.took))
}

// text is how many were lost, and how.
func (c counts) text() string {
	var parts []string
	for _, how := range slices.Sorted(maps.Keys(c.lost)) {
		parts = append(parts, fmt.Sprint(c.lost[how], " ", how))
	}
	if parts == nil {
		return "0"
	}
	return strings.Join(parts, ", ")
}

// summary is the row in one line.
func (r result) summary() string { return strings.Join(r.row()[4:], " | ") }

// name is what -only looks for.
func (u setup) name() string {
	return fmt.Sprintf("%s, %s, %s, %v", u.table, u.route.name, u.mode, u.response)
}

// seconds is the median of durations, and the least and the most.
func seconds(times []time.Duration) string {
	if len(times) == 0 {
		return "-"
	}
	s := slices.Sorted(slices.Values(times))
	return fmt.Sprintf("%.0f (%.0f to %.0f)", s[len(s)/2].Seconds(), s[0].Seconds(), s[len(s)-1].Seconds())
}

// markdown renders rows, the first of which are the heads.
func markdown(rows [][]string) string {
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
func rewrite(path string, made map[string]string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document := string(text)
	for name, table := range made {
		if document, err = replace(document, name, table); err != nil {
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
