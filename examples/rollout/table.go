package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"drainit/examples/load"
)

// column is one column of the table of results.
type column struct {
	head string
	left bool // text is aligned left, figures right
	cell func(result) string
}

// sceneColumns tell what was played, for a table of different scenes.
var sceneColumns = [...]column{
	{"server", true, func(r result) string { return r.cell.mode }},
	{"connections", true, func(r result) string { return r.cell.connections() }},
	{"routes", true, func(r result) string { return string(r.cell.rule) }},
	{"lag", false, func(r result) string { return seconds(r.cell.lag) }},
	{"response", false, func(r result) string { return seconds(r.cell.response) }},
}

// alwaysShown are the losses that have a column even where there was none. Of the
// others a sound run has none.
var alwaysShown = map[load.Outcome]bool{load.Refused: true, load.Reset: true, load.Cut: true, load.TimedOut: true}

// resultColumns tell what came of it.
func resultColumns(results []result) []column {
	columns := []column{
		{"lane", true, func(r result) string { return string(r.cell.lane) }},
		{"requests", false, func(r result) string { return strconv.Itoa(r.counts.sent) }},
		{"lost", false, func(r result) string { return strconv.Itoa(len(r.counts.losses)) }},
	}
	for _, how := range load.Losses {
		if !alwaysShown[how] && !anyLost(results, how) {
			continue
		}
		columns = append(columns, column{how.String(), false, func(r result) string { return strconv.Itoa(r.counts.lost(how)) }})
	}
	return append(columns,
		column{"first", false, func(r result) string { return r.window().first() }},
		column{"last", false, func(r result) string { return r.window().last() }},
		column{"stop", false, func(r result) string { return seconds(r.meanStop()) }},
		column{"rollout", false, func(r result) string { return seconds(r.took) }},
		column{"by " + oldVersion, false, func(r result) string { return strconv.Itoa(r.counts.versions[oldVersion]) }},
		column{"by " + newVersion, false, func(r result) string { return strconv.Itoa(r.counts.versions[newVersion]) }},
		column{"setting", true, func(r result) string { return r.cell.setting() }},
	)
}

// legend explains the columns whose heads do not.
const legend = `lost: refused, reset, cut off, or no answer in time, as the client saw it; nothing is sent twice
first, last: when the first and the last loss was seen, from the stop request (T0) of the replica it was sent to
stop: from T0 until the replica had exited, on average; rollout: all three replaced; by: who answered
`

// writeTable writes the results under the heads of columns.
func writeTable(w io.Writer, columns []column, results []result) {
	rows := make([][]string, 1+len(results))
	widths := make([]int, len(columns))
	for i, column := range columns {
		rows[0] = append(rows[0], column.head)
		for n, r := range results {
			rows[n+1] = append(rows[n+1], column.cell(r))
		}
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, text := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if columns[i].left {
				line.WriteString(text + pad + "  ")
			} else {
				line.WriteString(pad + text + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// anyLost reports whether any of the results has a loss of that kind.
func anyLost(results []result, how load.Outcome) bool {
	for _, r := range results {
		if r.counts.lost(how) > 0 {
			return true
		}
	}
	return false
}

// seconds writes a duration as seconds with one decimal.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
