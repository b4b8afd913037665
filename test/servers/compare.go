package main

import (
	"errors"
	"fmt"
	"strings"
)

// verdict is a line of the table as far as it is compared: without its seconds, and where nothing is held without how
// and when a new connection is lost, which is a matter of moments.
func verdict(line string) string {
	cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|")
	for n, cell := range cells {
		cells[n] = strings.TrimSpace(cell)
	}
	if held, newcomers := cells[3] != "", &cells[4]; !held && *newcomers != string(served) && *newcomers != string(queued) {
		*newcomers = "lost"
	}
	return strings.Join(cells[:len(cells)-1], " | ")
}

// verdicts returns those of a document, by set-up and init.
func verdicts(document string) map[string]string {
	found := map[string]string{}
	_, table, _ := strings.Cut(document, tableHeading)
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "| ") {
			break
		}
		v := verdict(strings.TrimSpace(line))
		found[key(v)] = v
	}
	return found
}

// key is the set-up and the init of a verdict.
func key(verdict string) string {
	cells := strings.SplitN(verdict, " | ", 3)
	return cells[0] + " | " + cells[1]
}

// same fails for every line of the rows that a document does not have, or has with another verdict.
func same(rows []row, committed map[string]string) error {
	var differ []error
	for _, r := range rows {
		for _, l := range r.lines {
			now := verdict(r.tableLine(l))
			if was, ok := committed[key(now)]; !ok {
				differ = append(differ, fmt.Errorf("%s: not in %s", now, documentPath))
			} else if was != now {
				differ = append(differ, fmt.Errorf("%s: %s has %s", now, documentPath, was))
			}
		}
	}
	return errors.Join(differ...)
}
