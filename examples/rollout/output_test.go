package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestOutputKeepsItsEnd(t *testing.T) {
	var o output
	io.WriteString(&o, strings.Repeat("early ", outputSize))
	io.WriteString(&o, "the reason\n")
	if got := o.last(); len(got) > outputSize || !strings.HasSuffix(got, "the reason") {
		t.Errorf("last %d bytes end in %q, want at most %d that end in \"the reason\"", len(got), got[max(0, len(got)-20):], outputSize)
	}
}

func TestOutputPassesWholeLinesOn(t *testing.T) {
	var got []string
	o := output{line: func(line string) { got = append(got, line) }}
	for _, text := range []string{"one\ntw", "o\n", "\nthree"} {
		io.WriteString(&o, text)
	}
	if want := []string{"one", "two", ""}; !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}
