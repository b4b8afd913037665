package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"drainit/cmd/drainlint/internal/rules"
)

var update = flag.Bool("update", false, "write testdata/**/*.txt anew")

// lint runs the command and returns what it wrote.
func lint(t *testing.T, input string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(args, strings.NewReader(input), &out, &err)
	return out.String(), err.String(), status
}

var findingID = regexp.MustCompile(`\(rule \d, ([\w-]+)\)`)

// ids returns the checks of the findings in a text.
func ids(text string) []string {
	var found []string
	for _, m := range findingID.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// Every check has a manifest that breaks it and nothing else, and the same, mended, of which nothing is said.
func TestChecks(t *testing.T) {
	var dirs []string
	for _, c := range rules.Checks() {
		dirs = append(dirs, c.ID)
		dir := "testdata/checks/" + c.ID
		out, errs, status := lint(t, "", dir+"/breaks.yaml")
		if got := ids(out); errs != "" || status != 1 || len(got) != 1 || got[0] != c.ID {
			t.Errorf("%s: findings %q, status %d, want %s alone and 1: %s", dir, got, status, c.ID, errs)
		}
		golden(t, dir+"/breaks.txt", out)
		out, errs, status = lint(t, "", dir+"/holds.yaml")
		if status != 0 || errs != "" || len(ids(out)) > 0 {
			t.Errorf("%s, mended: status %d, want 0 and silence: %s%s", dir, status, out, errs)
		}
	}
	entries, err := os.ReadDir("testdata/checks")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(dirs, e.Name()) {
			t.Errorf("testdata/checks/%s is of no check", e.Name())
		}
	}
}

// What is said of manifests from the documentation of public projects.
func TestPublicManifests(t *testing.T) {
	paths, err := filepath.Glob("testdata/public/*.yaml")
	if err != nil || len(paths) != 20 {
		t.Fatalf("%d manifests, %v, want 20", len(paths), err)
	}
	for _, path := range paths {
		out, errs, status := lint(t, "", path)
		if errs != "" || status == 2 {
			t.Errorf("%s: status %d: %s", path, status, errs)
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(text), "# The gist of ") || !strings.Contains(string(text),
			"https://github.com/") {
			t.Errorf("%s does not begin with its source: %v", path, err)
		}
		golden(t, strings.TrimSuffix(path, ".yaml")+".txt", out)
	}
}

// Of this project's own manifests nothing is said but what is true of them.
func TestOwnExamples(t *testing.T) {
	for path, want := range map[string][]string{
		"../../examples/kubernetes/deployment.yaml":                {"pdb-missing"},
		"../../examples/kubernetes/deployment-init-container.yaml": {"pdb-missing"},
		"../../examples/sidecar/kubernetes.yaml":                   {"one-replica"},
		"../../examples/sidecar/job.yaml":                          nil,
	} {
		out, errs, _ := lint(t, "", path)
		if got := ids(out); errs != "" || !slices.Equal(got, want) {
			t.Errorf("%s: findings %q, want %q: %s%s", path, got, want, out, errs)
		}
	}
}

// golden compares a text with a file, or writes that with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it); got\n%s", path, got)
	}
}

func TestStatus(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"
	for _, tt := range []struct {
		name, input string
		args        []string
		status      int
		out, err    string // a part of each
	}{
		{"help", "", []string{"-h"}, 0, "usage: drainlint", ""},
		{"version", "", []string{"-version"}, 0, "drainlint 0.1.0", ""},
		{"the list", "", []string{"-list"}, 0, "7. The platform's limit is never reached", ""},
		{"standard input", pod, nil, 0, "0 findings in 1 workload", ""},
		{"a list", "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret}, {apiVersion: v1, kind: Secret}]}",
			nil, 0, "passed over: 2 objects (Secret 2)", ""},
		{"an old version", "apiVersion: extensions/v1beta1\nkind: Deployment\n", nil, 0, "Deployment (extensions/v1beta1) 1",
			""},
		{"an unknown flag", "", []string{"-x"}, 2, "", "drainlint -h"},
		{"a format", "", []string{"-format", "xml"}, 2, "", `-format "xml": want text or sarif`},
		{"a rate", "", []string{"-rate", "NaN"}, 2, "", "-rate NaN"},
		{"a check", "", []string{"-skip", "nope"}, 2, "", `-skip "nope": no such check`},
		{"no file", "", []string{"testdata/nowhere.yaml"}, 2, "0 findings", "no such file"},
		{"a directory", "", []string{"testdata"}, 2, "", "kubectl kustomize testdata"},
		{"nothing", "", nil, 2, "", "-: empty"},
		{"a level", "", []string{"-level", "error", "testdata/checks/pdb-missing/breaks.yaml"}, 0, "0 findings", ""},
		{"what is good is judged beside what is not", "nonsense\n---\n" + pod, nil, 2, "0 findings in 1 workload",
			"-:1: document 1"},
		{"findings beside what cannot be read", "", []string{"testdata/typo.yaml", "testdata/checks/no-hold/breaks.yaml"}, 2,
			"1 finding in 1", "typo.yaml:14"},
		{"skipped by a flag", "", []string{"-skip", "no-hold", "testdata/checks/no-hold/breaks.yaml"}, 0, "0 findings", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, status := lint(t, tt.input, tt.args...)
			if status != tt.status || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.err) || tt.err == "" &&
				errs != "" {
				t.Errorf("status %d, output %q, errors %q; want %d, %q, %q", status, out, errs, tt.status, tt.out, tt.err)
			}
		})
	}
}

// The annotation is the object's own word.
func TestSkipAnnotation(t *testing.T) {
	text, err := os.ReadFile("testdata/checks/no-hold/breaks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	marked := strings.Replace(string(text), "  name: web\n", "  name: web\n  annotations: {drainlint/skip: "+
		"\"one-replica, no-hold\"}\n", 1)
	if out, errs, status := lint(t, marked); status != 0 || errs != "" {
		t.Errorf("status %d, want 0: %s%s", status, out, errs)
	}
}

// Whatever is read is judged, in both formats, at a line that is there.
func FuzzLint(f *testing.F) {
	for _, pattern := range []string{"testdata/checks/*/breaks.yaml", "testdata/public/*.yaml"} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, input string) {
		for _, format := range []string{"text", "sarif"} {
			out, errs, status := lint(t, input, "-format", format)
			if status == unusable && errs == "" || status != unusable && errs != "" || out == "" {
				t.Errorf("status %d, errors %q, output %q", status, errs, out)
			}
			for _, m := range regexp.MustCompile(`(?m)^-:(\d+): `).FindAllStringSubmatch(out, -1) {
				if line, _ := strconv.Atoi(m[1]); line < 1 || line > strings.Count(input, "\n")+1 {
					t.Errorf("a finding at line %d", line)
				}
			}
		}
	})
}
