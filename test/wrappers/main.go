// Command wrappers measures what becomes of a program that is started by another one, as by su, timeout or a shell:
// who gets a signal that the wrapper gets, what ends when, with which status, and what is run afterwards.
//
// Each trial has namespaces of its own, in a root of a Debian suite. What was seen is written to wrappers.tsv and
// shells.tsv beside this file, of which docs/proof/wrappers.md is made; without -write it is compared with them, and what
// differs is an error. Seconds may differ by one.
//
//	go run ./test/wrappers [-write] [-suite bookworm] [-row su] [-parallel 16]
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
)

type options struct {
	suite, row string
	parallel   int
	write      bool
}

func main() {
	switch {
	case isProgram():
		runProgram()
	case len(os.Args) == 3 && os.Args[1] == "inside":
		exitOn(inside(os.Args[2]))
		return
	}
	var o options
	flag.StringVar(&o.suite, "suite", "", "measure this `suite` only")
	flag.StringVar(&o.row, "row", "", "measure only what has this `text` in its name")
	flag.IntVar(&o.parallel, "parallel", 16, "trials at a time")
	flag.BoolVar(&o.write, "write", false, "write what was measured, and the document")
	flag.Parse()
	exitOn(o.run())
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "wrappers:", err)
		os.Exit(1)
	}
}

func (o options) run() error {
	if o.write && (o.suite != "" || o.row != "") {
		return errors.New("-write writes everything: it takes no -suite and no -row")
	}
	var measured tables
	for _, suite := range suites {
		if o.suite == "" || o.suite == suite {
			t, err := o.measure(suite)
			if err != nil {
				return fmt.Errorf("%s: %w", suite, err)
			}
			measured.wrappers = append(measured.wrappers, t.wrappers...)
			measured.shells = append(measured.shells, t.shells...)
		}
	}
	if o.write {
		return measured.write()
	}
	committed, err := readTables("test/wrappers")
	if err != nil {
		return err
	}
	differences := slices.Concat(differ(measured.wrappers, committed.wrappers, wrapperHeads), differ(measured.shells, committed.shells, shellHeads))
	return errors.Join(differences...)
}

// measure does all trials of a suite.
func (o options) measure(suite string) (tables, error) {
	root, err := unpack(suite)
	if err != nil {
		return tables{}, err
	}
	defer os.RemoveAll(root)
	l := lab{root: root, suite: suite, self: "/wrappers", only: o.row, methods: methods, turns: make(chan bool, o.parallel)}
	if suite != suites[0] {
		l.methods = methods[:2]
	}
	return tables{wrappers: l.measureWrappers(allWrappers()), shells: l.measureShells(shells)}, nil
}
