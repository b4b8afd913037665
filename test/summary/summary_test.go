package main

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The streams in testdata were printed by go test -json; times are made equal and stack traces cut.
var update = flag.Bool("update", false, "rewrite the reports in testdata")

func TestReports(t *testing.T) {
	streams, _ := filepath.Glob("testdata/*.json")
	if len(streams) == 0 {
		t.Fatal("no streams in testdata")
	}
	for _, stream := range streams {
		t.Run(strings.TrimSuffix(filepath.Base(stream), ".json"), func(t *testing.T) {
			got, ok := report(t, stream, nil, nil)
			verdict := "fails\n"
			if ok {
				verdict = "succeeds\n"
			}
			got = verdict + got
			golden := strings.TrimSuffix(stream, ".json") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// report replays a recorded stream and returns what is printed and the verdict.
func report(t *testing.T, stream string, allowed *allowList, err error) (string, bool) {
	t.Helper()
	f, openErr := os.Open(stream)
	if openErr != nil {
		t.Fatal(openErr)
	}
	defer f.Close()
	var out strings.Builder
	sum := tally{}
	readErr := sum.read(f, func(event) {}, func(p *packageRun) { printPackage(&out, p) })
	ok := finish(&out, &sum, &settings{allowed: allowed}, errors.Join(readErr, err))
	return out.String(), ok
}

// The whole of it on one real test, with arguments as the Makefile gives them.
func TestSummarize(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		last   string
	}{
		{[]string{"-allow-skips", "../skips.txt", "--", "-shuffle=on", "-run=^TestAbsent$", "."}, 1, "0 passed, 0 failed, 0 skipped"},
		{[]string{"--", "-shuffle=on", "-run=^TestAllowedSkipsWithoutWhy$", "."}, 0, "1 passed, 0 failed, 0 skipped"},
		{[]string{"--", "./absent"}, 1, "0 passed, 1 failed, 0 skipped"},
		{[]string{"-allow-skips", "absent.txt", "--", "."}, 2, ""},
		{[]string{"-absent"}, 2, ""},
	} {
		var out strings.Builder
		got := summarize(&out, tt.args)
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; got != tt.status || last != tt.last {
			t.Errorf("%q: got status %d and last line %q, want %d and %q", tt.args, got, last, tt.status, tt.last)
		}
	}
}

// A wrong flag makes go test fail after it printed nothing, or after packages that passed.
func TestGoTestFailureIsNeverSuccess(t *testing.T) {
	for _, stream := range []string{"testdata/none.json", "testdata/ok.json"} {
		got, ok := report(t, stream, nil, errors.New("exit status 2"))
		if ok || !strings.Contains(got, "go test: exit status 2") || !strings.Contains(got, " 1 failed, ") {
			t.Errorf("%s with a failing go test: got success %v and\n%s\nwant one failure that names it", stream, ok, got)
		}
	}
}

func TestAllowedSkips(t *testing.T) {
	for _, tt := range []struct {
		name, list string
		ok         bool
		refused    string
	}{
		{"all", "needs Docker # the engine is optional\nno reason given # old tests\n", true, ""},
		{"comments", "# heading\n\nneeds Docker # a\nno reason given # b\nneeds a GPU # unused is fine\n", true, ""},
		{"one missing", "needs Docker # a\n", false, `"no reason given"`},
		{"none", "", false, `"needs Docker"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := report(t, "testdata/ok.json", allowedFrom(t, tt.list), nil)
			if ok != tt.ok {
				t.Errorf("success: got %v, want %v", ok, tt.ok)
			}
			if refused := strings.Contains(got, "not allowed: "); refused == tt.ok || !strings.Contains(got, tt.refused) {
				t.Errorf("got\n%s\nwant it to refuse %s", got, tt.refused)
			}
		})
	}
}

func allowedFrom(t *testing.T, list string) *allowList {
	t.Helper()
	file := filepath.Join(t.TempDir(), "skips.txt")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	allowed, err := readAllowed(file)
	if err != nil {
		t.Fatal(err)
	}
	return allowed
}

func TestAllowedSkipsWithoutWhy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "skips.txt")
	if err := os.WriteFile(file, []byte("# fine\nneeds Docker\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readAllowed(file); err == nil || !strings.Contains(err.Error(), ":2: ") {
		t.Errorf("a reason without why: got error %v, want one that names line 2", err)
	}
	if _, err := readAllowed(file + ".absent"); err == nil {
		t.Error("an absent list: got no error")
	}
}

func TestSkipReason(t *testing.T) {
	for _, tt := range []struct{ output, want string }{
		{"    a_test.go:1: needs root\n--- SKIP: TestA (0.00s)\n", "needs root"},
		{"    a_test.go:1: starting\n    b.go:22: needs Docker: dial: refused\n--- SKIP: TestA (0.00s)\n", "needs Docker"},
		{"        a_test.go:1: nested\n", "nested"},
		{"    a_test.go:1: first line\n        second: line\n", "first line"},
		{"printed: by the test\n", noReason},
		{"", noReason},
	} {
		if got := skipReason(tt.output); got != tt.want {
			t.Errorf("skipReason(%q): got %q, want %q", tt.output, got, tt.want)
		}
	}
}

// The module's own list must be readable, or make check fails for the wrong reason.
func TestOwnList(t *testing.T) {
	if _, err := readAllowed("../skips.txt"); err != nil {
		t.Error(err)
	}
}
