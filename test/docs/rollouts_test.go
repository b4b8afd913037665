package docs_test

import (
	"slices"
	"testing"
)

// The results of the README are rows of the table they come from.
func TestREADMEResults(t *testing.T) {
	said := readme(t).section(t, "Results").rows()
	real := open(t, "docs/proof/rollouts.md").rows()
	if len(said) == 0 {
		t.Error("the README has no results")
	}
	for _, row := range said {
		if !slices.ContainsFunc(real, func(r []string) bool { return slices.Equal(r, row) }) {
			t.Errorf("the README has the result %q, which docs/proof/rollouts.md has not", row)
		}
	}
}
