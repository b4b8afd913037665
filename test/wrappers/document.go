package main

import (
	"fmt"
	"slices"
	"strings"

	"drainit/test/markdown"
)

// document is docs/proof/wrappers.md: what was done, and what came of it.
func (t tables) document() string {
	var b strings.Builder
	b.WriteString(heading)
	b.WriteString(t.kinds())
	b.WriteString(recogniseHeading)
	b.WriteString(t.staying("around", "argv", "beside", "group", "catches", "ignores", "blocks", "child stopped"))
	b.WriteString(signalsHeading)
	b.WriteString(t.staying("version", "kind", "TERM", "INT", "QUIT", "HUP", "USR1"))
	b.WriteString(endsHeading)
	b.WriteString(t.staying("exits with 7", "exits with 0", "dies of TERM", "TERM, program exits with 0",
		"stopped while it ends", "stopped, then TERM", "stopped, then KILL"))
	b.WriteString(differencesHeading)
	b.WriteString(t.differences())
	b.WriteString(shellsHeading)
	for _, s := range shellSections {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n%s", s.title, s.text, t.shellTable(s.column))
	}
	b.WriteString(shellDifferencesHeading)
	b.WriteString(t.shellDifferences())
	return b.String()
}

// told are the records of the first suite in which there is a wrapper, in the order of the table.
func (t tables) told() []record {
	var told []record
	for _, r := range t.wrappers {
		isTold := slices.ContainsFunc(told, func(earlier record) bool { return earlier[1] == r[1] })
		if !isTold {
			told = append(told, r)
		}
	}
	return told
}

// kinds are the kinds and who is of them.
func (t tables) kinds() string {
	rows := [][]string{{"kind", "what it does when it gets SIGTERM", "wrappers"}}
	for _, k := range kindsTold {
		var names []string
		for _, r := range t.told() {
			if cell(r, "kind") == k.name {
				names = append(names, "`"+r[1]+"`")
			}
		}
		if len(names) > 0 {
			rows = append(rows, []string{k.name, k.meaning, strings.Join(names, ", ")})
		}
	}
	return table(rows)
}

// staying is a table of the wrappers that have not become the program.
func (t tables) staying(columns ...string) string {
	rows := [][]string{append([]string{"wrapper"}, columns...)}
	for _, r := range t.told() {
		if k := cell(r, "kind"); k == "exec" || strings.HasPrefix(k, "failed") {
			continue
		}
		row := []string{"`" + r[1] + "`"}
		for _, c := range columns {
			row = append(row, short(c, cell(r, c)))
		}
		rows = append(rows, row)
	}
	return table(rows)
}

// differences are the cells of another suite that say something else than the first one's.
func (t tables) differences() string {
	rows := [][]string{{"wrapper", "suite, version", "column", "there", "in " + suites[0]}}
	for _, first := range t.told() {
		for _, r := range t.wrappers {
			if r[0] == first[0] || r[1] != first[1] {
				continue
			}
			isOther := cell(r, "kind") != cell(first, "kind") // and what follows from it is not told
			for i, head := range wrapperHeads {
				if i >= 4 && head != "argv" && !alike(r[i], first[i]) && (!isOther || head == "kind" || head == "TERM") {
					rows = append(rows, []string{"`" + r[1] + "`", r[0] + ", " + cell(r, "version"), head, short(head, r[i]), short(head, first[i])})
				}
			}
		}
	}
	return table(rows)
}

// shellTable is a column of the shells' table, script by script.
func (t tables) shellTable(column string) string {
	at := slices.Index(shellHeads, column)
	rows := [][]string{{"script"}}
	for _, text := range scripts {
		rows = append(rows, []string{"`" + string(text) + "`"})
	}
	for _, s := range shells {
		var versions []string
		for _, r := range t.shells {
			if r[0] == suites[0] && r[1] == s.name {
				versions = append(versions, r[2])
				i := slices.Index(scripts, script(r[3]))
				rows[i+1] = append(rows[i+1], short(column, r[at]))
			}
		}
		if len(versions) > 0 {
			rows[0] = append(rows[0], s.name+" "+versions[0])
		}
	}
	return table(rows)
}

func (t tables) shellDifferences() string {
	rows := [][]string{{"shell", "suite, version", "script", "column", "there", "in " + suites[0]}}
	for _, r := range t.shells {
		for _, first := range t.shells {
			if first[0] != suites[0] || r[0] == suites[0] || r[1] != first[1] || r[3] != first[3] {
				continue
			}
			for i := 4; i < len(shellHeads); i++ {
				if r[i] != "-" && r[i] != first[i] {
					rows = append(rows, []string{r[1], r[0] + ", " + r[2], "`" + r[3] + "`", shellHeads[i], short(shellHeads[i], r[i]), short(shellHeads[i], first[i])})
				}
			}
		}
	}
	return table(rows)
}

func cell(r record, head string) string { return r[slices.Index(wrapperHeads, head)] }

// short leaves out what is too long for a table: most of a long list of signals, and the arguments of an interpreter.
func short(head, text string) string {
	switch head {
	case "catches", "ignores", "blocks":
		lists := strings.Split(text, " > ")
		for i, list := range lists {
			if names := strings.Split(list, ","); len(names) > 12 {
				lists[i] = fmt.Sprintf("%d signals", len(names))
			} else {
				lists[i] = strings.Join(names, ", ")
			}
		}
		return strings.Join(lists, " > ")
	case "argv":
		if text != "-" {
			return "`" + strings.ReplaceAll(text, program, "PROG") + "`"
		}
	}
	return text
}

// table renders rows, in which a pipe is no new cell.
func table(rows [][]string) string {
	for _, row := range rows {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "|", `\|`)
		}
	}
	return markdown.Table(rows)
}
