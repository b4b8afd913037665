package shapes_test

import (
	"os"
	"strings"
	"testing"
)

// rows plays each shape under tini and under drainit, and judges drainit.
func rows(t *testing.T, shapes []shape) {
	t.Helper()
	needRoot(t)
	for i, s := range shapes {
		for _, sh := range s.theShells(i) {
			s, name := s, s.name
			if sh != "" {
				s.sh, name = sh, s.name+"/"+sh
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				row(t, s)
			})
		}
	}
}

// theShells are those that a row is played on. Where one does for a row it is
// another for the next one, unless SHAPES_FULL is set.
func (s shape) theShells(row int) []string {
	shells := strings.Fields(s.shells)
	switch {
	case len(shells) == 0:
		return []string{""}
	case s.oneDoes && os.Getenv("SHAPES_FULL") == "":
		return shells[row%len(shells):][:1]
	}
	return shells
}

// row plays one shape on one shell.
func row(t *testing.T, s shape) {
	var tini outcome
	if s.pid1 == nil {
		tini = play(t, s, tiniArgv)
		t.Logf("tini: %v", tini)
	}
	o := play(t, s, drainitArgv(s))
	t.Logf("drainit: %v", o)
	wrong := s.verdict(o, tini)
	for _, w := range wrong {
		t.Error(w)
	}
	if len(wrong) > 0 {
		t.Logf("command %q\ndiary:\n%s\noutput:\n%s", s.command(), o.diary, o.output)
	}
}
