package docs_test

import (
	"strings"
	"testing"
)

// Every block that begins with "$ drainit" shows what that command says.
func TestTranscripts(t *testing.T) {
	found := 0
	for _, d := range written(t) {
		for _, block := range d.blocks("console") {
			command, want, _ := strings.Cut(block, "\n")
			args, ok := strings.CutPrefix(command, "$ drainit ")
			if !ok {
				t.Errorf("%s: %q is no command that can be tried; write it as text", d.path, command)
				continue
			}
			found++
			r := ask(t, strings.Fields(args)...)
			if got := r.stdout + r.stderr; got != want {
				t.Errorf("%s: %s\ngot\n%s\nwant what the document shows\n%s", d.path, command, got, want)
			}
		}
	}
	if found == 0 {
		t.Error("no transcript was found")
	}
}
