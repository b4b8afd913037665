package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drainit/test/markdown"
)

const top = "../.."

func table(t *testing.T) ([]row, []command) {
	t.Helper()
	rows, err := readTable("commands.tsv")
	if err != nil {
		t.Fatal(err)
	}
	commands, err := extractAll(top)
	if err != nil {
		t.Fatal(err)
	}
	return rows, commands
}

func TestEveryCommandIsInTheTable(t *testing.T) {
	rows, commands := table(t)
	unknown, unused := compare(rows, commands)
	for _, c := range unknown {
		t.Errorf("%s: %q is not in commands.tsv: who runs it?", c.document, c.text)
	}
	for _, r := range unused {
		t.Errorf("commands.tsv has %q, and no document", r.text)
	}
}

// Who is said to run a command is there: a test by its name, CI by its script.
func TestWhoRunsThemIsThere(t *testing.T) {
	rows, _ := table(t)
	script, err := os.ReadFile(top + "/.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	checks, err := exec.Command("make", "-s", "-C", top, "print-checks").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		switch {
		case r.by == nobody:
			if r.as == "" {
				t.Errorf("%q is not run, and nothing says why", r.text)
			}
		case r.by == ci:
			// make test is the first half of make test-all.
			target := strings.TrimPrefix(r.text, "make ")
			if !strings.Contains(string(script), "step "+r.text) && !slices.Contains(strings.Fields(string(checks)), target) {
				t.Errorf("%q: .ci/run does not run it", r.text)
			}
		case !runsHere(r):
			pkg, name, _ := strings.Cut(r.by, " ")
			out, err := exec.Command("grep", "-rhoE", "--include=*_test.go", `^func `+name+`\(`, top+"/"+pkg).Output()
			if err != nil || name == "" || len(out) == 0 {
				t.Errorf("%q: %s has no test %q", r.text, pkg, name)
			}
		}
	}
}

// docs/commands.md has the table as go run ./test/commands -update writes it.
func TestPageHasTheTable(t *testing.T) {
	rows, commands := table(t)
	text, err := os.ReadFile(top + "/" + page)
	if err != nil {
		t.Fatal(err)
	}
	want, err := markdown.Replace(string(text), "commands", markdown.Table(rendered(rows, commands)))
	if err != nil {
		t.Fatal(err)
	}
	if want != string(text) {
		t.Error("the table in docs/commands.md is another: go run ./test/commands -update")
	}
}

// Each command that no other test runs does what it is there for.
func TestCommandsRun(t *testing.T) {
	rows, commands := table(t)
	t.Chdir(top)
	answers := exec.Command("docker", "info").Run() == nil
	e := newEngine()
	t.Cleanup(e.close)
	docker := regexp.MustCompile(`\bdocker\b|make image`)
	for _, document := range documentsIn(".") {
		here := slices.DeleteFunc(slices.Clone(commands), func(c command) bool {
			r, is := find(rows, c.text)
			return !is || c.document != document || !runsHere(r) || r.by == hereAlone
		})
		if len(here) == 0 {
			continue
		}
		t.Run(document, func(t *testing.T) {
			if !answers && slices.ContainsFunc(here, func(c command) bool { return docker.MatchString(c.text) }) {
				t.Skip("docker: no engine answers")
			}
			for _, failed := range e.runDocument(t.Output(), t.TempDir(), document, rows, here, false) {
				t.Error(failed)
			}
		})
	}
}

func TestExtract(t *testing.T) {
	const text = "Run `make demo` or\n`go run ./x\n-v`, not `make`.\n\n" +
		"    make test    # quick\n    T0   stop   request\n    X=1 go build \\\n      ./y\n" +
		"```console\n$ drainit -h   # text\nmake no\n```\n```sh\n# what\nanything goes\n```\n```yaml\nmake: no\n```\n" +
		"<!-- commands -->\n`make generated`\n<!-- end -->\n"
	want := []string{"make demo", "go run ./x -v", "make test", "X=1 go build ./y", "$ drainit -h", "anything goes"}
	if got := extractMarkdown(text); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	const example = "# It is run by\n#\n#   make it    # so\n#\tdocker run \\\n#     x\nmake: no\n#   0s  stop\n# make prose\n"
	if got, want := extractComments(example), []string{"make it", "docker run x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
