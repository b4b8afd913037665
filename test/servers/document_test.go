package main

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite what docs/proof/servers.md says around its table, from that table")

// The committed document is what the program writes of the outcomes in it: every row, and every word around them.
func TestDocumentIsUpToDate(t *testing.T) {
	const path = "../../" + documentPath
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, versions, found := strings.Cut(string(text), packagesHeading)
	if !found {
		t.Fatalf("%s has no versions of packages", path)
	}
	want := markdown(rowsOf(t, string(text)), versions)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, wanted := strings.Split(string(text), "\n"), strings.Split(want, "\n")
	for n := range min(len(got), len(wanted)) {
		if got[n] != wanted[n] {
			t.Fatalf("%s:%d: %q, want %q; a row that is new or has another command wants make servers SERVERFLAGS='-o %s', words go test ./test/servers -update",
				path, n+1, got[n], wanted[n], documentPath)
		}
	}
	if len(got) != len(wanted) {
		t.Errorf("%s has %d lines, want %d", path, len(got), len(wanted))
	}
}

// rowsOf reads the outcomes of a document back. A set-up that is not in it has none.
func rowsOf(t *testing.T, document string) []row {
	t.Helper()
	lines := tableLines(document)
	var rows []row
	for _, s := range setups {
		r := row{setup: s}
		for _, i := range []initer{underTini, underDrainit, withGrace, untilIdle} {
			if text, ok := lines[s.name+" | "+i.name]; ok {
				r.lines = append(r.lines, line{init: i, outcome: outcomeOf(t, text)})
			} else if i.name != untilIdle.name || s.cuts != "" {
				t.Fatalf("%s has no line of %s under %s: make servers SERVERFLAGS='-o %s'", documentPath, s.name, i.name, documentPath)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// tableLines are the lines of the table, by set-up and init.
func tableLines(document string) map[string]string {
	_, table, _ := strings.Cut(document, tableHeading)
	lines := map[string]string{}
	for text := range strings.Lines(table) {
		if !strings.HasPrefix(text, "| ") {
			break
		}
		lines[key(verdict(strings.TrimSpace(text)))] = text
	}
	return lines
}

func outcomeOf(t *testing.T, text string) outcome {
	t.Helper()
	cells := strings.Split(text, "|")
	if len(cells) != 9 {
		t.Fatalf("%q: %d cells, want 7", text, len(cells)-2)
	}
	for n := range cells {
		cells[n] = strings.TrimSpace(cells[n])
	}
	requests := map[string]answer{"": "", "completed": served, "queued": queued, "**cut**": reset}
	o := outcome{InFlight: requests[cells[3]], AtSignal: requests[cells[4]], Exit: time.Duration(number(t, cells[7])) * time.Second, Status: number(t, cells[6])}
	for said := range strings.SplitSeq(cells[5], ", then ") {
		o.Fresh = append(o.Fresh, answer(said))
	}
	return o
}

func number(t *testing.T, cell string) int {
	t.Helper()
	n, err := strconv.Atoi(cell)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
