package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drainit/cmd/drainlint/internal/rules"
	"drainit/test/markdown"
)

const (
	top   = "../.."
	guide = "docs/guides/drainlint.md"
	tests = "cmd/drainlint/testdata/"
)

// TestGuide holds the guide to what drainlint says. -update writes its tables and transcripts anew.
func TestGuide(t *testing.T) {
	t.Chdir(top)
	if *update {
		made := map[string]string{"checks": checksTable(), "public": publicTable(t)}
		for id := range diffs(t) {
			made[id] = transcript(t, tests+"checks/"+id+"/breaks.yaml")
		}
		if err := markdown.Rewrite(guide, made); err != nil {
			t.Fatal(err)
		}
	}
	page := text(t, guide)
	for name, table := range map[string]string{"checks": checksTable(), "public": publicTable(t)} {
		if want, err := markdown.Replace(page, name, table); err != nil || want != page {
			t.Errorf("the table %q differs (go test -C cmd/drainlint -run TestGuide -update), %v", name, err)
		}
	}
	for _, m := range regexp.MustCompile("(?s)```text\n\\$ drainlint (\\S+)\n(.*?)```").FindAllStringSubmatch(page, -1) {
		if want := transcript(t, m[1]); !strings.Contains(page, want) {
			t.Errorf("the guide shows of %s\n%s\nwant\n%s", m[1], m[2], want)
		}
	}
	if n := strings.Count(page, "$ drainlint "); n != 8 {
		t.Errorf("%d transcripts, want one of each rule and one of an error", n)
	}
}

// transcript is a command with what it prints but for the empty line before the summary.
func transcript(t *testing.T, file string) string {
	t.Helper()
	out, errs, _ := lint(t, "", file)
	out = strings.Replace(out, "\n\n", "\n", 1)
	if i := strings.LastIndex(out, "1 finding in"); i >= 0 {
		out = out[:i]
	}
	return "```text\n$ drainlint " + file + "\n" + errs + out + "```\n"
}

// Each rule has a manifest that is shown with its remedy, line by line as it is in testdata.
func TestGuideShowsWhatIsMended(t *testing.T) {
	t.Chdir(top)
	shown := map[int]bool{}
	for id, diff := range diffs(t) {
		i := slices.IndexFunc(rules.Checks(), func(c *rules.Check) bool { return c.ID == id })
		if i < 0 {
			t.Errorf("there is no check %s", id)
			continue
		}
		shown[rules.Checks()[i].Rule] = true
		breaks, holds := lines(t, tests+"checks/"+id+"/breaks.yaml"), lines(t, tests+"checks/"+id+"/holds.yaml")
		for line := range strings.Lines(diff) {
			sign, content := line[:1], strings.TrimSpace(line[1:])
			inBreaks, inHolds := slices.Contains(breaks, content), slices.Contains(holds, content)
			if sign != "+" && !inBreaks || sign != "-" && !inHolds {
				t.Errorf("%s: %q is not in its manifests as shown", id, line)
			}
		}
	}
	if len(shown) != len(rules.Rules) {
		t.Errorf("shown are rules %v, want all of %d", shown, len(rules.Rules))
	}
}

// diffs returns the diff before each transcript, by the transcript's check.
func diffs(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	diff := regexp.MustCompile("(?s)```diff\n(.*?)```\n\n<!-- ([\\w-]+) -->")
	for _, m := range diff.FindAllStringSubmatch(text(t, guide), -1) {
		found[m[2]] = m[1]
	}
	return found
}

func lines(t *testing.T, path string) []string {
	var all []string
	for line := range strings.Lines(text(t, path)) {
		all = append(all, strings.TrimSpace(line))
	}
	return all
}

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func checksTable() string {
	table := [][]string{{"rule", "check", "level", "says", "follows from", rules.Linters[0], rules.Linters[1],
		rules.Linters[2]}}
	for _, c := range rules.Checks() {
		source := fmt.Sprintf("[%s](%s)", c.Source.Title, fromGuide(c.Source.URL))
		row := []string{fmt.Sprint(c.Rule), "`" + c.ID + "`", string(c.Level), c.Says, source}
		for _, names := range c.Others {
			row = append(row, names)
		}
		table = append(table, row)
	}
	return markdown.Table(table)
}

// fromGuide makes a link from the project's root one from the guide.
func fromGuide(url string) string {
	switch {
	case strings.HasPrefix(url, "docs/guides/"):
		return strings.TrimPrefix(url, "docs/guides/")
	case strings.HasPrefix(url, "docs/"):
		return "../" + strings.TrimPrefix(url, "docs/")
	}
	return url
}

func publicTable(t *testing.T) string {
	t.Helper()
	paths, _ := filepath.Glob(tests + "public/*.yaml")
	table := [][]string{{"manifest", "errors", "warnings", "notes"}}
	for _, path := range paths {
		name, _, _ := strings.Cut(strings.TrimPrefix(text(t, path), "# The gist of "), ":\n")
		row := []string{fmt.Sprintf("[%s](../../%s)", name, path)}
		for _, l := range levels {
			row = append(row, strings.Join(withLevel(t, path, l), ", "))
		}
		table = append(table, row)
	}
	return markdown.Table(table)
}

// withLevel returns the checks of a level that are found.
func withLevel(t *testing.T, path string, l rules.Level) []string {
	t.Helper()
	out, _, _ := lint(t, "", path)
	var found []string
	for _, m := range regexp.MustCompile(`(?m): `+string(l)+`: .*\(rule \d, ([\w-]+)\)$`).FindAllStringSubmatch(out, -1) {
		found = append(found, m[1])
	}
	return found
}
