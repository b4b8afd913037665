package docs_test

import (
	"slices"
	"strings"
	"testing"

	"drainit/internal/signals"
)

// The manual's table of programs is the table.
func TestManualHasEveryProgram(t *testing.T) {
	var said, real [][]string
	for _, row := range open(t, "docs/programs.md").section(t, "What drainit knows").rows() {
		if len(row) == 7 && row[0] != "program" {
			said = append(said, row)
		}
	}
	for _, p := range signals.Table() {
		graceful := nameOf(p.Graceful)
		if graceful == "" {
			graceful = "(SIGTERM)"
		}
		real = append(real, []string{p.Name, graceful, nameOf(p.Fast), p.Holds, p.Bound, p.Lacks, signals.SourceOf(p.Name)})
	}
	if !slices.EqualFunc(said, real, slices.Equal) {
		t.Errorf("the manual has the programs\n%q, want\n%q", said, real)
	}
}

func nameOf(sig signals.Signal) string {
	if sig == 0 {
		return ""
	}
	return signals.Name(sig)
}

// Every signal that is not forwarded has a reason in the manual, and no other.
func TestManualHasEverySignalThatIsNotForwarded(t *testing.T) {
	said := map[signals.Signal]bool{}
	for _, row := range reference(t).section(t, "Signals that are not forwarded").rows() {
		for name := range strings.SplitSeq(row[0], ",") {
			sig, err := signals.Parse(strings.TrimSpace(name))
			if err != nil {
				t.Fatal(err)
			}
			said[sig] = true
		}
	}
	for sig := signals.Signal(1); sig <= 64; sig++ {
		withTerminal := signals.Name(sig) == "SIGTTIN" || signals.Name(sig) == "SIGTTOU"
		if want := !signals.Forwardable(sig) || withTerminal; said[sig] != want {
			t.Errorf("%s is documented as not forwarded: %t, want %t", signals.Name(sig), said[sig], want)
		}
	}
}
