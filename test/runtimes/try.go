package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A cell is a feature in a runtime.
type cell struct {
	Feature string `json:"feature"`
	State   string `json:"state"`         // ok, failed, differs or lacks
	Why     string `json:"why,omitempty"` // unless it is ok
}

// try tries features, and tells on descriptor 3 what came of them.
func (r room) try() error {
	i := slices.IndexFunc(runtimes, func(known runtime) bool { return known.name == r.Runtime })
	t := &trial{runtime: runtimes[i], verbose: r.Verbose, tree: r.Tree, unique: fmt.Sprint(os.Getpid())}
	if r.Lower != "" {
		t.tree = "/trial/tree"
	}
	began := time.Now()
	var res result
	why := t.guarded(func() {
		if t.runtime.prepare != nil {
			t.runtime.prepare(t)
		}
	})
	for _, f := range features {
		if slices.Contains(r.Features, f.name) && (f.only == "" || f.only == r.Runtime) {
			res.Cells = append(res.Cells, t.cell(f, why))
		}
	}
	res.Took = time.Since(began)
	return json.NewEncoder(os.NewFile(3, "answer")).Encode(res)
}

// cell tries a feature, unless the runtime could not be prepared.
func (t *trial) cell(f feature, unprepared string) cell {
	if why := t.runtime.lacks[f.name]; why != "" {
		return cell{f.name, "lacks", why}
	}
	why := unprepared
	if why == "" {
		why = t.guarded(func() { f.try(t) })
	}
	differs := t.runtime.differs[f.name]
	switch {
	case why == "" && differs == "":
		return cell{Feature: f.name, State: "ok"}
	case why == "":
		return cell{f.name, "failed", "it was said to differ, and does not: " + differs}
	case differs != "":
		return cell{f.name, "differs", differs}
	}
	return cell{f.name, "failed", why}
}

// guarded returns why something failed, with what containers wrote, and ends them.
func (t *trial) guarded(f func()) (why string) {
	defer t.end()
	defer func() {
		if p := recover(); p != nil {
			said, ok := p.(failure)
			if !ok {
				panic(p)
			}
			why = string(said)
		}
		if why != "" || t.verbose {
			for _, s := range t.started {
				fmt.Fprintf(os.Stderr, "-- %s\n%s\n", strings.Join(s.cmd.Args, " "), &s.out)
			}
			logs, _ := filepath.Glob("/trial/*.log")
			for _, log := range logs {
				text, _ := os.ReadFile(log)
				fmt.Fprintf(os.Stderr, "-- %s\n%s\n", log, lastOf(text))
			}
		}
	}()
	f()
	return ""
}

// lastOf is the end of what a command said.
func lastOf(out []byte) []byte { return out[max(0, len(out)-2000):] }
