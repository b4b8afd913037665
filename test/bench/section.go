package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// section is a part of the report: what was measured and how, then a table, then what is to be said of it.
type section struct {
	title string
	how   []string // a list item each
	heads []string
	rows  [][]string
}

// proseWidth is how long a line of prose may be, in characters.
const proseWidth = 120

func (s section) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n", s.title)
	for _, text := range s.how {
		b.WriteString(wrap("- ", text))
	}
	if len(s.rows) == 0 {
		return b.String()
	}
	b.WriteString("\n")
	rule := make([]string, len(s.heads))
	for i := range rule {
		rule[i] = "---"
	}
	for _, row := range append([][]string{s.heads, rule}, s.rows...) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}

// wrap writes text as lines of at most proseWidth, the first after a mark, the others indented by as much.
func wrap(mark, text string) string {
	var b strings.Builder
	indent := strings.Repeat(" ", utf8.RuneCountInString(mark))
	line := mark
	for i, word := range strings.Fields(text) {
		if i > 0 && utf8.RuneCountInString(line)+utf8.RuneCountInString(word) >= proseWidth {
			b.WriteString(line + "\n")
			line = indent
		} else if i > 0 {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}
