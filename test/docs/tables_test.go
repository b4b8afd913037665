package docs_test

import (
	"strings"
	"testing"
)

// Every table begins with a head and its ruler: a blank line in the middle of
// one would show what follows it as text.
func TestTablesAreWhole(t *testing.T) {
	for _, path := range documents(t) {
		before := ""
		lines := open(t, path).lines()
		for i, l := range lines {
			begins := isRow(l) && !strings.HasPrefix(before, "|")
			if begins && (i+1 == len(lines) || !isRuler(lines[i+1])) {
				t.Errorf("%s: a table begins with %q and has no ruler below it", path, l.text)
			}
			before = strings.TrimSpace(l.text)
		}
	}
}

func isRuler(l line) bool { return isRow(l) && strings.Trim(l.text, " |:-") == "" }

func isRow(l line) bool { return !l.fenced && strings.HasPrefix(strings.TrimSpace(l.text), "|") }
