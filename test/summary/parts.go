package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The parts that the tests run in. Every test is in exactly one of quick and rest.
const (
	everything = ""      // what the arguments of go test say, and nothing else
	quick      = "quick" // what needs Go alone, and little time
	rest       = "rest"  // what the list of slow tests names
)

// slowTest is a line of the list of slow tests.
type slowTest struct {
	pkg  string // without the module
	name string // empty: every test of the package
	why  string
}

// readSlow reads the list of slow tests: "PACKAGE TEST # why" or "PACKAGE # why" a line. Empty lines and lines that
// start with # are skipped.
func readSlow(file string) ([]slowTest, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var slow []slowTest
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		what, why, _ := strings.Cut(line, " # ")
		words := strings.Fields(what)
		if strings.TrimSpace(why) == "" || len(words) < 1 || len(words) > 2 {
			return nil, fmt.Errorf("%s:%d: %q: want \"PACKAGE [TEST] # why\"", file, n, line)
		}
		slow = append(slow, slowTest{words[0], strings.Join(words[1:], ""), strings.TrimSpace(why)})
	}
	return slow, nil
}

// commands returns what go test is given for a part: args, which tests, and the packages. all are those of the module.
// A test is chosen by name in every package at once, so that a name on the list must be of one package only. The lists
// that are returned have no package in common.
func commands(part string, slow []slowTest, all, args []string) [][]string {
	if part == everything {
		return [][]string{args}
	}
	var whole, some, names []string
	for _, s := range slow {
		if s.name == "" {
			whole = append(whole, module+s.pkg)
			continue
		}
		names = append(names, s.name)
		if path := module + s.pkg; !slices.Contains(some, path) {
			some = append(some, path)
		}
	}
	chosen := "^(" + strings.Join(names, "|") + ")$"
	with := func(more ...string) []string { return append(slices.Clone(args), more...) }
	if part == quick {
		others := slices.DeleteFunc(slices.Clone(all), func(path string) bool { return slices.Contains(whole, path) })
		return [][]string{append(with("-skip="+chosen), others...)}
	}
	return [][]string{append(with("-p=1", "-run="+chosen), some...), append(with("-p=1"), whole...)} // two packages at a time
}

// modulePackages returns the packages of the module that dir is the top of.
func modulePackages(dir string) ([]string, error) {
	cmd := exec.Command("go", "list", "./...")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return strings.Fields(string(out)), nil
}

var testFunction = regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(`)

// testsOf returns the names of the tests in a directory's source, without subtests.
func testsOf(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "*_test.go"))
	var names []string
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for _, m := range testFunction.FindAllSubmatch(text, -1) {
			if name := string(m[1]); name != "TestMain" {
				names = append(names, name)
			}
		}
	}
	return names
}
