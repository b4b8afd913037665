package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"drainit/internal/signals"
	"drainit/test/markdown"
)

const (
	pagePath   = "docs/programs.md"
	detailPath = "docs/proof/stops.md"
)

// writePages makes the page in which a program is looked up, and the one with what was measured of each, of the table
// and of what drainit knows.
func writePages(top string, table []measured) error {
	return errors.Join(os.WriteFile(top+"/"+pagePath, []byte(page(table)), 0o644),
		os.WriteFile(top+"/"+detailPath, []byte(details(table)), 0o644))
}

// page has a line for each program and shape.
func page(table []measured) string {
	var b strings.Builder
	b.WriteString(pageHeading)
	for _, g := range groups() {
		var rows [][]string
		for _, p := range g.programs {
			s := shapeOf(p, table)
			if len(s.rows) == 0 {
				continue
			}
			rows = append(rows, []string{s.key, sends(s.row()), s.request(), s.newcomers(), s.lasts(), s.ends(), s.tooLong(), cmp.Or(p.advice, s.advice()), link(p, s)})
		}
		fmt.Fprintf(&b, "\n## %s\n\n", g.heading)
		b.WriteString(markdown.Table(append([][]string{{"program", "drainit sends", "in flight", "new connections", "drains for", "ends it while it drains", "under drainit", "to set", "measured"}}, rows...)))
	}
	b.WriteString(knownHeading)
	b.WriteString(markdown.Table(knownRows()))
	b.WriteString(documentedHeading)
	rows := [][]string{{"program", "drainit sends", "what it does", "to set", "source"}}
	for _, d := range documented() {
		rows = append(rows, []string{d.name, sends(d.row()), d.does, d.set, d.source})
	}
	b.WriteString(markdown.Table(rows))
	return b.String()
}

func link(p program, s shape) string {
	return fmt.Sprintf("[%s](proof/stops.md#%s)", s.versions(), anchor(p.name))
}

// anchor is what a heading is called in links.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_':
			return r
		}
		return -1
	}, strings.ToLower(heading))
}

// sends is what auto makes of a program.
func sends(p signals.Program) string {
	text := signals.Name(p.End())
	if p.Fast != 0 {
		text += ", at last " + signals.Name(p.Fast)
	}
	return text
}

// advice is what a person may want to set.
func (s shape) advice() string {
	row := s.row()
	var set []string
	if row.Bound != "" && row.Bound != signals.NoBound {
		set = append(set, row.Bound+", to end before the deadline")
	}
	if row.Lacks != "" {
		set = append(set, row.Lacks)
	}
	if sig := s.drainsOn(); row.Name == "" && sig != "" && sig != "TERM" {
		set = append(set, "`--stop-signal "+sig+"`")
	} else if got := s.request(); strings.Contains(got, "cut") || strings.Contains(got, "child") {
		set = append(set, "`--drain-until idle`")
	}
	if row.Holds != "" {
		set = append(set, "of "+row.Holds+" and `--drain-delay` one to 0")
	}
	return strings.Join(set, "; ")
}

// details has a part for each program, with all that was measured.
func details(table []measured) string {
	var b strings.Builder
	b.WriteString(detailHeading)
	b.WriteString("\n## What it shows\n\n")
	b.WriteString(summary(table))
	last := ""
	for _, g := range groups() {
		for _, p := range g.programs {
			s := shapeOf(p, table)
			if len(s.rows) == 0 {
				continue
			}
			if p.name != last {
				fmt.Fprintf(&b, "\n## %s\n", p.name)
				last = p.name
			}
			fmt.Fprintf(&b, "\n    %s\n\n", strings.Join(p.command, " "))
			b.WriteString(markdown.Table(s.table()))
		}
	}
	return b.String()
}

// table has a line for each version.
func (s shape) table() [][]string {
	rows := [][]string{{"version", "idle", "a request in flight", "an idle kept connection", "a request of 18 s", "and a second signal", "under drainit, a request of 40 s"}}
	for _, m := range s.rows {
		cells := map[string][]string{}
		for _, l := range m.lines {
			cells[l.scenario] = append(cells[l.scenario], l.text())
		}
		rows = append(rows, []string{m.key.suite + " " + m.key.version, same(cells["idle"]), same(cells["flight"]), same(cells["kept"]), same(cells["long"]), same(cells["then"]), same(cells["under"])})
	}
	return rows
}

// same puts what has the same result into one.
func same(texts []string) string {
	var results []string
	of := map[string][]string{}
	for _, text := range texts {
		sig, result, _ := strings.Cut(text, ": ")
		if of[result] == nil {
			results = append(results, result)
		}
		of[result] = append(of[result], sig)
	}
	var parts []string
	for _, result := range results {
		parts = append(parts, strings.Join(of[result], ", ")+": "+result)
	}
	return strings.Join(parts, "; ")
}

func (l line) text() string {
	result := l.status
	if !strings.HasPrefix(result, goesOn) && (l.scenario != "idle" || l.seconds >= 1) {
		result += fmt.Sprintf(" after %.1f s", l.seconds)
	}
	if l.request != "" {
		result = l.request + ", " + result
	}
	if l.fresh != "" {
		result += ", new ones " + l.fresh
	}
	return strings.ReplaceAll(l.signals, ",", " then ") + ": " + result
}

// knownRows are the table of internal/signals.
func knownRows() [][]string {
	rows := [][]string{{"program", "graceful", "fast", "own hold", "what ends its drain", "what its stop lacks", "source"}}
	for _, p := range signals.Table() {
		graceful, fast := "(SIGTERM)", ""
		if p.Graceful != 0 {
			graceful = signals.Name(p.Graceful)
		}
		if p.Fast != 0 {
			fast = signals.Name(p.Fast)
		}
		rows = append(rows, []string{p.Name, graceful, fast, p.Holds, p.Bound, p.Lacks, signals.SourceOf(p.Name)})
	}
	return rows
}
