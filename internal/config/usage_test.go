package config

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// usageEntries returns the default of each flag that -h has an entry for.
func usageEntries() map[string]string {
	entries := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^  --([a-z-]+).*? default (\S+)$`).FindAllStringSubmatch(Usage, -1) {
		entries[m[1]] = m[2]
	}
	return entries
}

func TestUsageIsComplete(t *testing.T) {
	entries := usageEntries()
	for _, s := range settings() {
		if got, ok := entries[s.name]; !ok || got != s.byDefault {
			t.Errorf("-h says default %q for --%s, want %q", got, s.name, s.byDefault)
		}
		delete(entries, s.name)
	}
	if len(entries) > 0 {
		t.Errorf("-h has entries for what is no setting: %v", entries)
	}
	known := flagsOf(settings())
	for _, m := range regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(Usage, -1) {
		if _, ok := known[m[1]]; !ok {
			t.Errorf("-h names --%s, which is no flag", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`DRAINIT_[A-Z_]+`).FindAllString(Usage, -1) {
		if len(UnknownVariables([]string{m + "=x"})) > 0 {
			t.Errorf("-h names %s, which is no setting's variable", m)
		}
	}
}

// The order is the settings', the few one sets first.
func TestUsageIsInOrder(t *testing.T) {
	rest := Usage
	for _, s := range settings() {
		_, after, ok := strings.Cut(rest, "\n  --"+s.name+" ")
		if !ok {
			t.Errorf("--%s is not behind the one before it", s.name)
		}
		rest = after
		if s.name == "ready-check" && !strings.Contains(rest, "\nThe rest:\n") {
			t.Error("the few settings are not before the rest")
		}
	}
}

// The worked example works, and what it says comes of it comes of it.
func TestUsageExample(t *testing.T) {
	m := regexp.MustCompile(`(?m)^  drainit (--.*) -- nginx .*$`).FindStringSubmatch(Usage)
	if m == nil {
		t.Fatal("-h has no example")
	}
	c := mustParse(t, append(strings.Fields(m[1]), "nginx"), nil)
	if c.Settings.GracePeriod != time.Minute {
		t.Errorf("got a grace period of %v, want that of the example's pod, 1m", c.Settings.GracePeriod)
	}
	said := strings.Join(strings.Fields(Usage[strings.Index(Usage, m[0]):]), " ")
	want := fmt.Sprintf("SIGQUIT after %.0fs, SIGTERM after %.0fs and SIGKILL after %.0fs.",
		c.Plan.Delay.Seconds(), c.Plan.Next[0].At.Seconds(), c.Plan.Deadline.Seconds())
	if !strings.Contains(said, want) {
		t.Errorf("-h does not end in %q", want)
	}
}
