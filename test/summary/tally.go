package main

import (
	"maps"
	"slices"
	"strings"
)

// outcome is how a test or package ended. Its zero value is one that never did.
type outcome string

const (
	unfinished outcome = ""
	passed     outcome = "pass"
	failed     outcome = "fail"
	skipped    outcome = "skip" // of a package: it has no tests
)

// testRun is one run of one test or subtest.
type testRun struct {
	name    string
	parent  *testRun // of a subtest
	outcome outcome
	output  strings.Builder
	hasSub  bool // it has subtests, which are counted in its place
	subFail bool // one of them failed, or did not finish
}

// packageRun is what is known of one package.
type packageRun struct {
	path     string
	outcome  outcome
	seconds  float64
	runs     []*testRun          // in the order they started
	latest   map[string]*testRun // by name; -count gives a name several runs
	output   strings.Builder     // what it printed outside any test
	build    string              // the compiler's words, when the build failed
	passed   int
	failures []string // names of the tests that failed, or one line when none did
	skips    map[string][]string
}

// tally adds up a stream of events. The zero value is ready for use.
type tally struct {
	packages map[string]*packageRun
	builds   map[string]*strings.Builder // compiler output by import path
	passed   int
	failures []string
	flaky    []string            // those that failed and then passed alone
	skips    map[string][]string // reason to the tests skipped for it
}

// add takes one event and returns the package it ended, or nil.
func (t *tally) add(e event) *packageRun {
	if e.Package == "" {
		if e.Action == "build-output" {
			t.build(e.ImportPath).WriteString(e.Output)
		}
		return nil
	}
	p := t.pkg(e.Package)
	if e.Test != "" {
		p.addTest(e)
		return nil
	}
	switch e.Action {
	case "output":
		p.output.WriteString(e.Output)
	case "pass", "fail", "skip":
		p.seconds = e.Elapsed
		if e.FailedBuild != "" {
			p.build = t.build(e.FailedBuild).String()
		}
		t.end(p, outcome(e.Action))
		return p
	}
	return nil
}

func (t *tally) build(importPath string) *strings.Builder {
	if t.builds == nil {
		t.builds = map[string]*strings.Builder{}
	}
	if t.builds[importPath] == nil {
		t.builds[importPath] = &strings.Builder{}
	}
	return t.builds[importPath]
}

func (t *tally) pkg(path string) *packageRun {
	if t.packages == nil {
		t.packages = map[string]*packageRun{}
	}
	if t.packages[path] == nil {
		t.packages[path] = &packageRun{path: path, latest: map[string]*testRun{}}
	}
	return t.packages[path]
}

// end closes a package and moves its counts into the whole.
func (t *tally) end(p *packageRun, how outcome) {
	p.outcome = how
	p.count()
	t.passed += p.passed
	for _, name := range p.failures {
		t.failures = append(t.failures, shortPath(p.path)+" "+name)
	}
	if t.skips == nil {
		t.skips = map[string][]string{}
	}
	for reason, names := range p.skips {
		for _, name := range names {
			t.skips[reason] = append(t.skips[reason], shortPath(p.path)+" "+name)
		}
	}
}

// merge adds what another go test came to, which had other packages.
func (t *tally) merge(other *tally) {
	if t.packages == nil {
		t.packages, t.skips = map[string]*packageRun{}, map[string][]string{}
	}
	maps.Copy(t.packages, other.packages)
	t.passed += other.passed
	t.failures = append(t.failures, other.failures...)
	for reason, names := range other.skips {
		t.skips[reason] = append(t.skips[reason], names...)
	}
}

// endUnfinished ends, as failed, every package that never ended: go test was killed.
func (t *tally) endUnfinished() []*packageRun {
	var ended []*packageRun
	for _, path := range slices.Sorted(maps.Keys(t.packages)) {
		if p := t.packages[path]; p.outcome == unfinished {
			t.end(p, failed)
			ended = append(ended, p)
		}
	}
	return ended
}

// addTest takes an event of one of the package's tests.
func (p *packageRun) addTest(e event) {
	run := p.latest[e.Test]
	if run == nil || e.Action == "run" {
		run = &testRun{name: e.Test, parent: p.parent(e.Test)}
		p.latest[e.Test] = run
		p.runs = append(p.runs, run)
		if run.parent != nil {
			run.parent.hasSub = true
		}
	}
	switch e.Action {
	case "output":
		if !isFraming(e.Output) {
			run.output.WriteString(e.Output)
		}
	case "pass", "fail", "skip":
		run.outcome = outcome(e.Action)
	}
}

// parent returns the run that the named subtest belongs to, or nil. The name is cut at its last slash that leaves a
// known test, since a subtest's own name may contain slashes.
func (p *packageRun) parent(name string) *testRun {
	for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
		if run := p.latest[name[:i]]; run != nil {
			return run
		}
	}
	return nil
}

// count sorts the finished runs into passed, failed and skipped.
func (p *packageRun) count() {
	for _, run := range slices.Backward(p.runs) { // subtests before their parents
		if run.parent != nil && (run.outcome == failed || run.outcome == unfinished) {
			run.parent.subFail = true
		}
	}
	p.skips = map[string][]string{}
	for _, run := range p.runs {
		switch run.outcome {
		case passed:
			if !run.hasSub {
				p.passed++
			}
		case skipped:
			reason := skipReason(run.output.String())
			p.skips[reason] = append(p.skips[reason], run.name)
		case failed, unfinished:
			if !run.subFail {
				p.failures = append(p.failures, run.title())
			}
		}
	}
	switch {
	case p.outcome != failed || len(p.failures) > 0:
	case p.build != "":
		p.failures = []string{"(build failed)"}
	default:
		p.failures = []string{"(failed outside its tests)"}
	}
}

// title names the run among the failures.
func (r *testRun) title() string {
	if r.outcome == unfinished {
		return r.name + " (did not finish)"
	}
	return r.name
}

// isFraming reports whether an output line only marks where a test's output begins (go doc test2json).
func isFraming(line string) bool {
	for _, mark := range []string{"=== RUN ", "=== PAUSE ", "=== CONT ", "=== NAME "} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	return false
}
