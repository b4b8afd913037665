package main

import (
	"fmt"
	"slices"
	"strings"
)

// part is what of the document is this command's.
const part = "runtimes"

// markdown makes it.
func markdown(records []record) string {
	var b strings.Builder
	b.WriteString("| runtime | as tried | version | date, drainit | seconds |\n|---|---|---|---|---|\n")
	for _, r := range runtimes {
		rec, ok := recordOf(records, r.name)
		if !ok {
			rec.Version = "not run"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d |\n", r.name, r.about, rec.Version, strings.Trim(rec.Date+", "+rec.Drainit, ", "), rec.Seconds)
	}
	b.WriteString("\n| runtime |")
	columns := slices.DeleteFunc(slices.Clone(features), func(f feature) bool { return f.only != "" })
	for _, f := range columns {
		b.WriteString(" " + f.name + " |")
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(columns)) + "|\n")
	var notes []string
	for _, r := range runtimes {
		rec, _ := recordOf(records, r.name)
		b.WriteString("| " + r.name + " |")
		for _, f := range columns {
			b.WriteString(" " + rec.cell(f.name, &notes) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n\"ok\": as the list below says. \"–\": there is no place for it.")
	for i, note := range notes {
		fmt.Fprintf(&b, "\n\n(%d) %s.", i+1, note)
	}
	b.WriteString("\n\n")
	for _, f := range features {
		b.WriteString("- " + f.name + ": " + f.about + ".")
		if f.only != "" {
			rec, _ := recordOf(records, f.only)
			b.WriteString(" Under " + f.only + ": " + rec.cell(f.name, &notes) + ".")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func recordOf(records []record, name string) (record, bool) {
	i := slices.IndexFunc(records, func(r record) bool { return r.Runtime == name })
	if i < 0 {
		return record{}, false
	}
	return records[i], true
}

// cell is what stands in one. What is said of it is added to the notes, once each.
func (r record) cell(feature string, notes *[]string) string {
	for _, c := range r.Cells {
		if c.Feature != feature {
			continue
		}
		switch c.State {
		case "ok":
			return "ok"
		case "lacks":
			return "– " + number(notes, c.Why)
		case "differs":
			return "differs " + number(notes, c.Why)
		default:
			return "**failed**"
		}
	}
	return "not run"
}

func number(notes *[]string, note string) string {
	i := slices.Index(*notes, note)
	if i < 0 {
		i = len(*notes)
		*notes = append(*notes, note)
	}
	return fmt.Sprintf("(%d)", i+1)
}
