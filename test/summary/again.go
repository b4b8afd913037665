package main

import (
	"maps"
	"slices"
	"strings"
)

// again runs the tests that failed once more, a package at a time and one test after the other, if they are limit at
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
		var second tally
		err := goTest(&second, "-count=1", "-parallel=1", "-run=^("+strings.Join(tests, "|")+")$", path)
		if err == nil && len(second.failures) == 0 && second.passed > 0 {
			t.forgive(p)
		}
	}
}

// failedTests returns the tests of a package that failed, without subtests, and whether there are any and they are all
// that failed: no build, no time limit, nothing outside of them.
func (p *packageRun) failedTests() (tests []string, ok bool) {
	for _, name := range p.failures {
		if strings.HasPrefix(name, "(") || strings.Contains(name, " (") {
			return nil, false
		}
		if test, _, _ := strings.Cut(name, "/"); !slices.Contains(tests, test) {
			tests = append(tests, test)
		}
	}
	return tests, len(tests) > 0
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
