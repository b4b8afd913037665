package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"drainit/test/markdown"
)

// heads are those of every table of results.
func heads() []string {
	heads := []string{"server", "init", "rollouts", "seconds", "requests"}
	for _, response := range responses {
		heads = append(heads, fmt.Sprintf("lost, %v", response))
	}
	return append(heads, "how")
}

// tables renders what is known of the cells, a table for each platform and route, and what is no result. The second value
// names what is not measured.
func (m *measured) tables(cells []cell) (map[string]string, []string) {
	rows := map[string][][]string{}
	var missing []string
	for _, mode := range []string{exits, drains, ignores} {
		for _, lane := range order(cells) {
			for _, c := range cells {
				for n, r := range c.routes {
					if c.mode != mode || c.lane.name != lane {
						continue
					}
					name := c.platform.name + "-" + r.name
					if rows[name] == nil {
						rows[name] = [][]string{heads()}
					}
					if known := m.find(newResult(c, n)); known != nil {
						rows[name] = append(rows[name], known.row())
					} else {
						missing = append(missing, name+", "+mode+", "+lane)
					}
				}
			}
		}
	}
	made := map[string]string{}
	for name := range rows {
		made[name] = markdown.Table(rows[name])
	}
	return made, missing
}

// others are the tables that are not made of results.
func (m *measured) others() map[string]string {
	made := map[string]string{}
	if m.Versions != nil {
		made["versions"] = markdown.Table(m.Versions)
	}
	if m.Lags != nil {
		made["lag"] = markdown.Table(m.Lags)
	}
	return made
}

// order is that of the lanes, as they are first named.
func order(cells []cell) []string {
	var names []string
	for _, l := range everyLane {
		names = append(names, l.name)
	}
	for _, c := range cells {
		if !slices.Contains(names, c.lane.name) {
			names = append(names, c.lane.name)
		}
	}
	return names
}

// row is a result as a line of its table.
func (r result) row() []string {
	sent := 0
	lost := make([]string, len(responses))
	all := counts{}
	for n, byKind := range r.Tallies {
		for _, c := range byKind {
			sent += c.Sent
			all.add(c)
		}
		lost[n] = text(byKind)
	}
	row := append([]string{r.Mode, r.Lane, fmt.Sprint(len(r.Seconds)), seconds(r.Seconds), fmt.Sprint(sent)}, lost...)
	return append(row, all.ways())
}

// text is how many requests of a response time were lost, and of which kinds.
func text(byKind []counts) string {
	total := 0
	var parts []string
	for n, c := range byKind {
		if lost := c.losses(); lost > 0 {
			total += lost
			parts = append(parts, fmt.Sprint(lost, " ", kinds[n].name))
		}
	}
	if total == 0 {
		return "0"
	}
	return fmt.Sprintf("%d: %s", total, strings.Join(parts, ", "))
}

// ways is how requests were lost.
func (c counts) ways() string {
	var parts []string
	for _, how := range slices.Sorted(maps.Keys(c.Lost)) {
		parts = append(parts, fmt.Sprint(c.Lost[how], " ", how))
	}
	return strings.Join(parts, ", ")
}

// summary is the row in one line.
func (r result) summary() string { return strings.Join(r.row()[2:], " | ") }

// seconds is the median of durations, and the least and the most.
func seconds(times []float64) string {
	if len(times) == 0 {
		return "-"
	}
	s := slices.Sorted(slices.Values(times))
	return fmt.Sprintf("%.0f (%.0f to %.0f)", s[len(s)/2], s[0], s[len(s)-1])
}
