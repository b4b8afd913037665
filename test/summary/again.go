package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// again runs the tests that failed once more, one after the other and of subtests those alone, if they are limit at
// most. A machine that has too little processor time for all of them at once makes tests fail that are not at fault,
// and what is at fault fails alone, too. Those that pass now count as passed and are noted as flaky.
func (t *tally) again(limit int, goTest func(second *tally, which ...string) error) {
	if len(t.failures) > limit {
		return
	}
	for _, path := range slices.Sorted(maps.Keys(t.packages)) {
		p := t.packages[path]
		tests, ok := p.failedTests()
		if !ok {
			continue
		}
		fails := func(test string) bool {
			var second tally
			err := goTest(&second, "-count=1", "-parallel=1", "-run="+pattern(test), path)
			return err != nil || len(second.failures) > 0 || second.passed == 0
		}
		if !slices.ContainsFunc(tests, fails) {
			t.forgive(p)
		}
	}
}

// failedTests returns the tests of a package that failed, subtests by their full names, and whether there are any and they
// are all that failed: no build, no time limit, no data race, nothing outside of them.
func (p *packageRun) failedTests() (tests []string, ok bool) {
	if slices.ContainsFunc(p.runs, (*testRun).raced) {
		return nil, false
	}
	for _, name := range p.failures {
		if strings.HasPrefix(name, "(") || strings.Contains(name, " (") {
			return nil, false
		}
		if !slices.Contains(tests, name) {
			tests = append(tests, name)
		}
	}
	return tests, len(tests) > 0
}

// raced reports whether the race detector has found something, which it seldom finds twice.
func (r *testRun) raced() bool {
	return strings.Contains(r.output.String(), "race detected during execution")
}

// pattern is what -run takes for one test or subtest: of a table of a hundred that takes minutes, the row that failed.
func pattern(test string) string {
	names := strings.Split(test, "/")
	for i, name := range names {
		names[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	return strings.Join(names, "/")
}

// forgive counts the failures of a package as passed.
func (t *tally) forgive(p *packageRun) {
	for _, name := range p.failures {
		full := shortPath(p.path) + " " + name
		t.failures = slices.DeleteFunc(t.failures, func(f string) bool { return f == full })
		t.flaky = append(t.flaky, full)
	}
	t.passed += len(p.failures)
}

// flagsOf returns the arguments without those that say which tests.
func flagsOf(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		return !strings.HasPrefix(arg, "-") || strings.HasPrefix(arg, "-run") || strings.HasPrefix(arg, "-skip")
	})
}
