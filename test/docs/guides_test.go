package docs_test

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Every guide says first how it was run, or that it was not.
func TestGuidesSayHowTheyWereRun(t *testing.T) {
	for _, g := range guides(t) {
		if _, opening, _ := strings.Cut(g.text, "\n\n"); !strings.HasPrefix(opening, "*Run by us") && !strings.HasPrefix(opening, "*Not run by us") {
			t.Errorf("%s does not open with how it was run", g.path)
		}
		if !slices.ContainsFunc([]document{readme(t), concepts(t), troubleshooting(t)}, func(d document) bool {
			return strings.Contains(d.text, strings.TrimPrefix(g.path, "docs/"))
		}) {
			t.Errorf("neither the README nor the manual leads to %s", g.path)
		}
	}
}

// What a guide shows of its example is in the example, line by line and in the
// same order, but for comments.
func TestGuidesShowTheirExamples(t *testing.T) {
	for _, shown := range []struct{ guide, language, example string }{
		{"compose", "yaml", "docker/compose.yaml"},
		{"swarm", "yaml", "swarm/stack.yaml"},
		{"ecs", "json", "ecs/task-definition.json"},
		{"nomad", "hcl", "nomad/server.nomad.hcl"},
		{"fly", "toml", "fly/fly.toml"},
		{"podman", "ini", "podman/server.container"},
		{"together", "ini", "systemd/example-server.service"},
	} {
		guide := open(t, "docs/guides/"+shown.guide+".md")
		if !strings.Contains(guide.text, "../../examples/"+shown.example) {
			t.Errorf("%s does not link to %s", guide.path, shown.example)
		}
		rest := uncommented(open(t, "examples/"+shown.example).text)
		for _, line := range uncommented(guide.blocks(shown.language)[0]) {
			at := slices.Index(rest, line)
			if at < 0 {
				t.Errorf("%s shows %q, which is not in %s, or not there", guide.path, line, shown.example)
				continue
			}
			rest = rest[at+1:]
		}
	}
}

// uncommented returns the lines without indentation, comments, and the commas
// that JSON has between what an excerpt leaves out.
func uncommented(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, "# ")
		if line = strings.TrimSuffix(strings.TrimSpace(line), ","); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// The settings in every piece of configuration fit together for drainit, and
// its grace period is the platform's beside it, less a preStop hook's sleep.
func TestGuideSettingsFit(t *testing.T) {
	tried := 0
	for _, g := range guides(t) {
		for _, language := range []string{"yaml", "json", "hcl", "toml", "ini"} {
			for _, block := range g.blocks(language) {
				variables := settingsIn(block)
				if len(variables) == 0 {
					t.Errorf("%s: no setting is seen in\n%s", g.path, block)
					continue
				}
				tried++
				r := askWith(t, variables, append([]string{"ctl", "plan"}, flagsIn(block)...)...)
				if r.status != 0 || r.stderr != "" {
					t.Errorf("%s: with %q ctl plan exits %d: %s%s", g.path, variables, r.status, r.stdout, r.stderr)
				}
				expectSameGracePeriod(t, g, block, variables)
			}
		}
	}
	if tried < 10 {
		t.Errorf("%d pieces of configuration were tried, want ten or more", tried)
	}
}

// settingsIn returns the variables that a piece of configuration sets, as an
// environment has them.
func settingsIn(block string) []string {
	var variables []string
	setting := regexp.MustCompile(`(DRAINIT_\w+)"?(?:,\s*"?value"?)?\s*[:=]\s*(?:"([^"]*)"|([^\s,}]+))`)
	for _, m := range setting.FindAllStringSubmatch(block, -1) {
		variables = append(variables, m[1]+"="+m[2]+resolved(block, m[3]))
	}
	return variables
}

// flagsIn returns the flags between drainit and the program in a command.
func flagsIn(block string) []string {
	quoted := find(block, `\["/drainit", (.*)"--"`)
	return strings.Fields(strings.NewReplacer(`"`, "", ",", "").Replace(quoted))
}

// resolved returns what a YAML alias stands for, and any other value as it is.
func resolved(block, value string) string {
	alias, is := strings.CutPrefix(value, "*")
	if !is {
		return value
	}
	return find(block, `&`+alias+` (\S+)`)
}

func expectSameGracePeriod(t *testing.T, g document, block string, variables []string) {
	t.Helper()
	platform := find(block, `(?m)(?:terminationGracePeriodSeconds:|stop_grace_period:|"stopTimeout":|kill_timeout\s*=|^StopTimeout=|TimeoutStopSec=)\s*"?([^\s",]+)`)
	told := find(strings.Join(variables, "\n"), `DRAINIT_GRACE_PERIOD=(\S+)`)
	if platform == "" || told == "" {
		t.Errorf("%s: the platform's grace period is %q and drainit's %q in\n%s", g.path, platform, told, block)
		return
	}
	hook := find(block, `preStop:\n\s+sleep:\n\s+seconds: (\d+)`)
	if got, want := inTime(t, told), inTime(t, resolved(block, platform))-inTime(t, hook); got != want {
		t.Errorf("%s: DRAINIT_GRACE_PERIOD is %v, want %v, the platform's less the hook's, in\n%s", g.path, got, want, block)
	}
}

// find returns what the first group matches, or nothing.
func find(text, pattern string) string {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// inTime reads a duration whose unit may be missing, which is seconds then, or
// that is missing itself: 0.
func inTime(t *testing.T, value string) time.Duration {
	t.Helper()
	if seconds, err := strconv.Atoi(cmp.Or(value, "0")); err == nil {
		return time.Duration(seconds) * time.Second
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
