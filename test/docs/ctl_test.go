package docs_test

import (
	"regexp"
	"testing"
)

// The verbs of ctl are those of the manual.
func TestManualHasEveryVerb(t *testing.T) {
	var said, real []string
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(ask(t, "ctl", "-h").stdout, -1) {
		real = append(real, m[1])
	}
	for _, row := range reference(t).section(t, "ctl").rows() {
		said = append(said, plain(row[0]))
	}
	wantSame(t, "ctl", said, real)
}
