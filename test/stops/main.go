// Command stops measures how programs of Debian stop: which signals end them, what becomes of a request in flight, of
// new connections and of kept ones, and whether a second signal ends one that drains. It writes docs/proof/stops.tsv.
//
// A program runs in a root of its suite, in namespaces of its own, with the default dispositions of signals, as the child
// of a PID 1 that does nothing but wait; drainit is not there, but in one scenario. What is in the table already, in the
// same version, is not measured again.
//
//	go run ./test/stops [-row REGEXP] [-suite bookworm,trixie] [-again] [-parallel 10]
//	go run ./test/stops -page
//	go run ./test/stops -budget
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"drainit/test/debianroot"
)

type options struct {
	row, suites string
	again, page bool
	budget      bool
	parallel    int
}

func main() {
	if told := os.Getenv(inside); told != "" && len(os.Args) == 2 {
		exit(runInside(told, os.Args[1], budgetOf))
	}
	var o options
	flag.StringVar(&o.row, "row", "", "measure only the programs whose name and shape this `regexp` matches")
	flag.StringVar(&o.suites, "suite", strings.Join(debianroot.Suites, ","), "Debian's `suites`")
	flag.BoolVar(&o.again, "again", false, "measure also what is in the table")
	flag.BoolVar(&o.page, "page", false, "measure nothing, and make the documents of what is in the table")
	flag.BoolVar(&o.budget, "budget", false, "try the programs' own limits set to drainit's stop budget instead, and write "+budgetPage)
	flag.IntVar(&o.parallel, "parallel", 10, "programs at a time")
	flag.Parse()
	exit(o.run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "stops:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// task is a program to be measured in a suite.
type task struct {
	program program
	suite   string
}

func (o options) run() error {
	top, err := os.Getwd()
	if err != nil {
		return err
	}
	rows, err := regexp.Compile(o.row)
	if err != nil {
		return fmt.Errorf("-row: %w", err)
	}
	lab := &laboratory{roots: debianroot.Roots{Dir: filepath.Join(top, ".cache/stops")}, files: filepath.Join(top, "test/stops/files"), drainit: filepath.Join(top, "bin/drainit"), lives: make(chan struct{}, 4*o.parallel)}
	if o.budget {
		return lab.tryBudgets(rows)
	}
	table, err := readTable(tablePath)
	if err != nil {
		return err
	}
	if o.page {
		return writePages(top, table)
	}
	have := map[key]measured{}
	for _, m := range table {
		have[m.key] = m
	}
	tasks := make(chan task)
	go func() {
		defer close(tasks)
		for suite := range strings.SplitSeq(o.suites, ",") {
			for _, p := range programs() {
				if rows.MatchString(p.key()) && (p.suites == nil || slices.Contains(p.suites, suite)) {
					tasks <- task{p, suite}
				}
			}
		}
	}()
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for range o.parallel {
		wg.Go(func() {
			for t := range tasks {
				began := time.Now()
				m, err := o.one(lab, have, t)
				mu.Lock()
				switch {
				case err != nil:
					errs = append(errs, err)
					fmt.Fprintf(os.Stderr, "%s %s: %v\n", t.program.key(), t.suite, err)
				case m.lines != nil:
					table = slices.DeleteFunc(table, func(old measured) bool { return old.key.sameBut(m.key) })
					table = append(table, m)
					errs = append(errs, writeTable(tablePath, slices.Clone(table)))
					fmt.Printf("%v: %d lines in %v\n", m.key, len(m.lines), time.Since(began).Round(time.Second))
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return errors.Join(append(errs, writePages(top, table))...)
}

// one measures a program that is not in the table, in the version that its root has.
func (o options) one(lab *laboratory, have map[key]measured, t task) (measured, error) {
	_, version, err := lab.roots.Root(t.suite, strings.Fields(t.program.in(t.suite).packages))
	if err != nil {
		return measured{}, err
	}
	old := have[key{t.program.name, t.program.shape, t.suite, version}]
	switch {
	case o.again:
		old.lines = nil
	case old.lines != nil && !old.stale():
		return measured{}, nil
	}
	return lab.measure(t.program, t.suite, old.lines)
}

// sameBut reports whether the keys are the same but for the version.
func (k key) sameBut(other key) bool {
	return k.program == other.program && k.shape == other.shape && k.suite == other.suite
}
