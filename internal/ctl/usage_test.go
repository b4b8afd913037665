package ctl

import (
	"regexp"
	"strings"
	"testing"

	"drainit/internal/config"
)

func TestUsageNamesEveryVerb(t *testing.T) {
	var verbs []string
	for _, v := range Verbs() {
		verbs = append(verbs, v.Name)
		if !regexp.MustCompile(`(?m)^  ` + v.Name + ` `).MatchString(usage) {
			t.Errorf("ctl -h has no entry for %s", v.Name)
		}
	}
	if want := "VERB: " + strings.Join(verbs, " ") + "\n"; !strings.Contains(config.Usage, want) {
		t.Errorf("-h does not say %q", want)
	}
}

func TestUsageFitsATerminal(t *testing.T) {
	for _, text := range []string{config.Usage, usage} {
		for line := range strings.Lines(text) {
			if len(line) > 81 { // the line's end included
				t.Errorf("%d columns: %s", len(line), line)
			}
		}
	}
}
