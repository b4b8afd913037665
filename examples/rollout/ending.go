package main

import (
	"fmt"
	"io"
	"strings"

	"drainit/examples/internal/console"
)

// writeEnding says what the scene came to: for each lane its bar, and in sentences
// what was lost, where, why, and what cures it.
func (s scene) writeEnding(w io.Writer, paper console.Paper) {
	unit := s.unit(paper)
	fmt.Fprint(w, "\n", paper.Wrap("", s.heading()), paper.Wrap("", key(unit)))
	for _, r := range s.results {
		bar := r.bar(unit)
		if paper.Colour {
			bar = painted(bar)
		}
		fmt.Fprintf(w, "\n%-*s%s\n", barIndent, r.cell.lane, bar)
		indent := strings.Repeat(" ", barIndent)
		if setting := r.cell.setting(); setting != "" {
			fmt.Fprint(w, paper.Wrap(indent, setting))
		}
		fmt.Fprint(w, paper.Wrap(indent, r.told()))
	}
	if cure := s.cure(); cure != "" {
		fmt.Fprint(w, "\n", paper.Wrap("", "What cures it: "+cure))
	}
}

// expected says whether the losses are what was to be shown.
func expected(against []string) string {
	if len(against) == 0 {
		return "Every request that was lost was lost where it was to be expected, and none where drainit's settings cover the stop: exit status 0."
	}
	return "Not everything is as it was to be shown, which the last lines say: exit status 1."
}

// writeSuggestions lists what to try next.
func writeSuggestions(w io.Writer, paper console.Paper, list []suggestion) {
	fmt.Fprintln(w, "\nWhat to try next:")
	for _, s := range list {
		fmt.Fprintf(w, "\n    %s\n%s", s.command, paper.Wrap("        ", s.shows))
	}
}
