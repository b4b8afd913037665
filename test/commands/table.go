package main

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// row says of one command who runs it. Its text may end in * for whatever follows.
type row struct {
	text string
	by   string // here, here until URL, here alone, .ci/run, no, or a package and a test of it
	as   string // here: the command that is run in its place, if not the same; no: why not
}

// Who runs a command, besides a test.
const (
	here      = "here"        // this command and its test, in a clone, to its end
	hereUntil = "here until " // the same, in the background, until a URL answers
	hereAlone = "here alone"  // this command alone, since it plays rollouts that a busy machine would spoil
	ci        = ".ci/run"
	nobody    = "no"
)

// readTable reads rows, one a line with tabs between their fields. Lines that start with # are comments.
func readTable(file string) ([]row, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var rows []row
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) < 2 || len(fields) > 3 {
			return nil, fmt.Errorf("%s: %q: want command, who runs it and, if need be, how or why not", file, line)
		}
		fields = append(fields, "")
		rows = append(rows, row{fields[0], fields[1], fields[2]})
	}
	return rows, nil
}

// find returns the row of a command, the first that fits.
func find(rows []row, text string) (row, bool) {
	for _, r := range rows {
		start, open := strings.CutSuffix(r.text, "*")
		if r.text == text || open && strings.HasPrefix(text, start) {
			return r, true
		}
	}
	return row{}, false
}

// unknown returns the commands that no row is for, and unused the rows that no command has.
func compare(rows []row, commands []command) (unknown []command, unused []row) {
	used := map[row]bool{}
	for _, c := range commands {
		if r, is := find(rows, c.text); is {
			used[r] = true
		} else {
			unknown = append(unknown, c)
		}
	}
	for _, r := range rows {
		if !used[r] {
			unused = append(unused, r)
		}
	}
	return unknown, unused
}

// shown is how many commands of a document a row of the table names.
const shown = 3

// rendered returns the table for the page: for each document a row for each who runs some of its commands.
func rendered(rows []row, commands []command) [][]string {
	type group struct{ document, by string }
	var order []group
	texts := map[group][]string{}
	for _, c := range commands {
		r, _ := find(rows, c.text)
		g := group{c.document, said(r)}
		if !slices.Contains(order, g) {
			order = append(order, g)
		}
		texts[g] = append(texts[g], c.text)
	}
	table := [][]string{{"document", "commands", "run by"}}
	for _, g := range order {
		table = append(table, []string{"[" + g.document + "](" + relative(g.document) + ")", list(texts[g]), g.by})
	}
	return table
}

// said is who runs a row's command, for readers.
func said(r row) string {
	switch {
	case r.by == nobody:
		return "not run: " + r.as
	case r.by == hereAlone:
		return "`make documented`: rollouts, which want a machine to themselves"
	case strings.HasPrefix(r.by, here):
		return "`test/commands`, in a clone"
	case r.by == ci:
		return "`.ci/run`"
	}
	pkg, name, _ := strings.Cut(r.by, " ")
	return "`" + pkg + "` " + name
}

// list names the first of some commands, shortened.
func list(texts []string) string {
	var names []string
	for _, text := range texts[:min(shown, len(texts))] {
		text = strings.ReplaceAll(strings.TrimPrefix(text, transcript), "|", `\|`)
		if short := []rune(text); len(short) > 60 {
			text = string(short[:59]) + "…"
		}
		names = append(names, "`"+text+"`")
	}
	if more := len(texts) - shown; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// relative returns the way to a document from the directory of the page, which is docs.
func relative(document string) string {
	if below, is := strings.CutPrefix(document, "docs/"); is {
		return below
	}
	return path.Join("..", document)
}
