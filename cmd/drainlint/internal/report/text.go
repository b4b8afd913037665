// Package report writes findings, as text or as SARIF.
package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"drainit/cmd/drainlint/internal/manifest"
	"drainit/cmd/drainlint/internal/rules"
)

// Text writes a paragraph for each finding, and what was looked at.
func Text(w io.Writer, set *manifest.Set, findings []rules.Finding) error {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s:%d: %s: %s (rule %d, %s)\n  %s\n  %s\n  %s\n\n",
			f.File, f.Line, f.Check.Level, f.Where(), f.Check.Rule, f.Check.ID, f.Wrong, f.Cost, f.Write)
	}
	b.WriteString(summary(set, findings))
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is the last line, or two.
func summary(set *manifest.Set, findings []rules.Finding) string {
	counts := map[rules.Level]int{}
	for _, f := range findings {
		counts[f.Check.Level]++
	}
	text := fmt.Sprintf("%s in %s", count(len(findings), "finding"), count(len(set.Workloads), "workload"))
	var levels []string
	for _, l := range []rules.Level{rules.Error, rules.Warning, rules.Note} {
		if counts[l] > 0 {
			levels = append(levels, count(counts[l], string(l)))
		}
	}
	if len(levels) > 0 {
		text += ": " + strings.Join(levels, ", ")
	}
	text += "\n"
	if len(set.Passed) == 0 {
		return text
	}
	n, kinds := 0, []string{}
	for _, kind := range slices.Sorted(maps.Keys(set.Passed)) {
		n += set.Passed[kind]
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, set.Passed[kind]))
	}
	return text + fmt.Sprintf("passed over: %s (%s)\n", count(n, "object"), strings.Join(kinds, ", "))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Checks writes the table of checks.
func Checks(w io.Writer) error {
	var b strings.Builder
	rule := 0
	for _, c := range rules.Checks() {
		if c.Rule != rule {
			rule = c.Rule
			fmt.Fprintf(&b, "%d. %s\n", rule, rules.Rules[rule-1])
		}
		fmt.Fprintf(&b, "   %-22s %-8s %s\n   %33s%s\n", c.ID, c.Level, c.Says, "", c.Source.URL)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
