package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The README's Dockerfile is Dockerfile.example without its comments.
func TestREADMEDockerfile(t *testing.T) {
	blocks := readme(t).blocks("dockerfile")
	if len(blocks) != 1 {
		t.Fatalf("the README has %d Dockerfiles, want one", len(blocks))
	}
	got, want := instructions(blocks[0]), instructions(open(t, "Dockerfile.example").text)
	if !slices.Equal(got, want) {
		t.Errorf("the README's Dockerfile is\n%s\nwant that of Dockerfile.example\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// instructions returns the lines of a Dockerfile that are neither empty nor
// comments.
func instructions(dockerfile string) []string {
	var lines []string
	for line := range strings.SplitSeq(dockerfile, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// The figures of the README's Deployment fit together, and are those of
// examples/kubernetes.
func TestREADMEDeployment(t *testing.T) {
	yaml := readme(t).blocks("yaml")[0]
	example := open(t, "examples/kubernetes/deployment.yaml").text
	grace := only(t, yaml, `terminationGracePeriodSeconds: (\d+)`)
	for _, figure := range []struct{ pattern, want string }{
		{`DRAINIT_GRACE_PERIOD.*\n\s+value: "(\w+)"`, grace + "s"},
		{`command: \[(.*?), "/server"\]`, `"/drainit", "--"`},
		{`containerPort: (10143)`, "10143"},
		{`readinessProbe:.*\n\s+httpGet: \{path: (\S+), port: drainit\}`, "/readyz"},
		{`livenessProbe:.*\n\s+httpGet: \{path: (\S+), port: drainit\}`, "/livez"},
	} {
		if got := only(t, yaml, figure.pattern); got != figure.want {
			t.Errorf("the README's Deployment has %s for %s, want %s", got, figure.pattern, figure.want)
		}
	}
	if got := only(t, example, `(?m)^[^#\n]*terminationGracePeriodSeconds: (\d+)`); got != grace {
		t.Errorf("the README's grace period is %s, that of its example %s", grace, got)
	}
}

func only(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
	if len(found) != 1 {
		t.Fatalf("%d matches of %s, want one", len(found), pattern)
	}
	return found[0][1]
}

// Every piece of YAML has the form of some: keys, items, no tabs, brackets that
// are closed, and an indentation that a key or an item before it opened.
func TestYAMLHasItsForm(t *testing.T) {
	form := regexp.MustCompile(`^ *(- )*([\w./-]+:( .+)?|\{.*\}|".*"|[\w./-]+)$`)
	for _, d := range written(t) {
		for _, block := range d.blocks("yaml") {
			before := 0
			for line := range strings.SplitSeq(strings.TrimSpace(block), "\n") {
				line, _, _ = strings.Cut(line, " #")
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				indent := len(line) - len(strings.TrimLeft(line, " -"))
				spaces := len(line) - len(strings.TrimLeft(line, " "))
				if !form.MatchString(line) || spaces%2 != 0 || spaces > before+2 || unbalanced(line) {
					t.Errorf("%s: %q is no line of YAML here", d.path, line)
				}
				before = indent
			}
		}
	}
}

func unbalanced(line string) bool {
	return strings.Count(line, "{") != strings.Count(line, "}") ||
		strings.Count(line, "[") != strings.Count(line, "]") ||
		strings.Count(line, `"`)%2 != 0
}
