package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// heads is the head of a table with a column for each machine.
func heads(what string, records []record) string {
	line, ruler := "| "+what, "|---"
	for _, r := range records {
		line += " | " + r.Machine
		ruler += "|---"
	}
	return line + " |\n" + ruler + "|\n"
}

// storyTable is story x machine. The stories come in the order of the first machine that has them.
func storyTable(records []record) string {
	var names []string
	for _, r := range records {
		for _, s := range r.Stories {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	return perMachine("story", names, records, record.story)
}

// perMachine is a table of what x machine.
func perMachine(what string, names []string, records []record, cell func(r record, name string) string) string {
	var table strings.Builder
	table.WriteString(heads(what, records))
	for _, name := range names {
		table.WriteString("| " + name)
		for _, r := range records {
			table.WriteString(" | " + cell(r, name))
		}
		table.WriteString(" |\n")
	}
	return table.String()
}

// story is the cell of one.
func (r record) story(name string) string {
	for _, s := range r.Stories {
		switch {
		case s.Name != name:
		case s.Absent:
			return "–"
		case s.Why != "":
			return "**failed**"
		default:
			return "ok"
		}
	}
	return "not run"
}

// testTable is package x machine.
func testTable(records []record) string {
	return perMachine("package", tested, records, record.suite)
}

// suite is the cell of a package.
func (r record) suite(name string) string {
	for _, s := range r.Suites {
		switch {
		case s.Name != name:
		case s.Fail > 0:
			return fmt.Sprintf("**%d failed**", s.Fail)
		case s.Skip > 0:
			return fmt.Sprintf("%d + %d", s.Pass, s.Skip)
		default:
			return fmt.Sprint(s.Pass)
		}
	}
	return "not run"
}

// skippedTable says which tests and subtests skipped themselves, where, and why.
func skippedTable(records []record) string {
	where := map[string][]string{}
	for _, r := range records {
		for _, line := range r.Skipped {
			where[line] = append(where[line], r.Machine)
		}
	}
	if len(where) == 0 {
		return "none.\n"
	}
	var table strings.Builder
	table.WriteString("| test | why | on |\n|---|---|---|\n")
	for _, line := range slices.Sorted(maps.Keys(where)) {
		test, why, _ := strings.Cut(line, ": ")
		if _, after, ok := strings.Cut(why, ".go:"); ok { // FILE.go:LINE: why
			_, why, _ = strings.Cut(after, ": ")
		}
		if strings.HasPrefix(why, "--- ") {
			why = "not told"
		}
		table.WriteString(fmt.Sprintf("| %s | %s | %s |\n", test, why, strings.Join(where[line], "; ")))
	}
	return table.String()
}

// omittedTable says which tests are left out.
func omittedTable() string {
	var table strings.Builder
	table.WriteString("| package | test | why |\n|---|---|---|\n")
	for _, p := range slices.Sorted(maps.Keys(notThere)) {
		if !slices.Contains(tested, p) {
			continue
		}
		for _, o := range notThere[p] {
			table.WriteString(fmt.Sprintf("| %s | %s | %s |\n", p, o.test, o.why))
		}
		if p == "probe" {
			table.WriteString(fmt.Sprintf("| %s | %s | %s |\n", p, tooSlow.test, tooSlow.why))
		}
	}
	return table.String()
}
