package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// module is the prefix that package paths are printed without.
const module = "drainit/"

func shortPath(path string) string { return strings.TrimPrefix(path, module) }

// printPackage writes the line of a package that ended and, when it failed, all that its failed tests, the compiler
// and the package itself printed.
func printPackage(w io.Writer, p *packageRun) {
	if p.outcome == skipped {
		return // no tests
	}
	mark := "ok  "
	if p.outcome == failed {
		mark = "FAIL"
		printFailures(w, p)
	}
	line := fmt.Sprintf("%s  %-28s %7.2fs  %d passed", mark, shortPath(p.path), p.seconds, p.passed)
	if n := len(p.failures); n > 0 {
		line += fmt.Sprintf(", %d failed", n)
	}
	if n := total(p.skips); n > 0 {
		line += fmt.Sprintf(", %d skipped", n)
	}
	fmt.Fprintln(w, line)
}

func printFailures(w io.Writer, p *packageRun) {
	fmt.Fprintf(w, "\n---- %s\n%s", shortPath(p.path), p.build)
	for _, run := range p.runs {
		switch run.outcome {
		case failed:
			fmt.Fprint(w, run.output.String())
		case unfinished:
			fmt.Fprintf(w, "%s--- did not finish: %s\n", run.output.String(), run.name)
		}
	}
	fmt.Fprint(w, p.output.String())
}

// printEnd writes what failed, what did so only beside others, and what was skipped, by reason.
func printEnd(w io.Writer, t *tally, allowed *allowList, refused []string) {
	printNames(w, "failed", t.failures)
	printNames(w, "failed beside other tests, passed when run again alone", t.flaky)
	if len(t.skips) > 0 {
		fmt.Fprintln(w, "\nskipped:")
	}
	for _, reason := range slices.Sorted(maps.Keys(t.skips)) {
		names := slices.Sorted(slices.Values(t.skips[reason]))
		fmt.Fprintf(w, "  %s (%d): %s\n", reason, len(names), strings.Join(names, ", "))
	}
	for _, reason := range refused {
		fmt.Fprintf(w, "  not allowed: %s does not list %q\n", allowed.file, reason)
	}
}

func printNames(w io.Writer, what string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(w, "\n%s:\n", what)
	}
	for _, name := range names {
		fmt.Fprintln(w, "  "+name)
	}
}

// total returns the number of tests skipped for any reason.
func total(skips map[string][]string) int {
	n := 0
	for _, names := range skips {
		n += len(names)
	}
	return n
}
