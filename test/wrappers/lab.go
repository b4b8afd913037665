package main

import (
	"strings"
	"sync"
)

// A lab is where trials are done: in a root, the machine's own if it is "", so many at a time as there are turns.
type lab struct {
	root, suite string
	self        string   // this program, as it is called there
	only        string   // names without this text are left out
	questions   []string // as in a row
	methods     []method
	turns       chan bool
}

// try does a trial when it is its turn.
func (l lab) try(t trial) outcome {
	l.turns <- true
	defer func() { <-l.turns }()
	return t.run(l.root, l.self)
}

// measureWrappers returns the records of all wrappers whose packages are there, in the same order.
func (l lab) measureWrappers(chosen []wrapper) []record {
	var rows []*row
	var pending sync.WaitGroup
	for _, w := range chosen {
		version := versionOf(l.root, w.pack)
		if version == "" || !has(l.root, w.command[0]) || !strings.Contains(w.name, l.only) {
			continue
		}
		r := &row{wrapper: w, version: version, outcomes: map[string]outcome{}, questions: l.questions}
		rows = append(rows, r)
		pending.Go(func() { r.measure(l) })
	}
	pending.Wait()
	var records []record
	for _, r := range rows {
		records = append(records, append(record{l.suite}, r.cells()...))
	}
	return records
}

// measureShells likewise returns the records of all shells, one for each script.
func (l lab) measureShells(chosen []shell) []record {
	var records []record
	var pending sync.WaitGroup
	for _, s := range chosen {
		version := versionOf(l.root, s.pack)
		if version == "" || !strings.Contains(s.name, l.only) {
			continue
		}
		for _, text := range scripts {
			r := make(record, len(shellHeads))
			copy(r, []string{l.suite, s.name, version, string(text)})
			records = append(records, r)
			for i, m := range l.methods {
				pending.Go(func() {
					cell, o := l.shellCell(s, text, m)
					r[len(shellHeads)-len(methods)+i] = cell
					if i == 0 {
						r[4], r[5] = o.dispositions()
					}
				})
			}
		}
	}
	pending.Wait()
	return records
}
