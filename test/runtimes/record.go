package main

import (
	"errors"
	"fmt"
	"strings"

	"drainit/test/where"
)

// recordPath is what was measured, of which the document is made: each runtime's last run.
const recordPath = "test/runtimes/measured.json"

// A record is a runtime's run.
type record struct {
	Runtime string `json:"runtime"`
	Version string `json:"version"`
	Date    string `json:"date"`
	Drainit string `json:"drainit"`
	Seconds int    `json:"seconds"`
	Cells   []cell `json:"cells"`
	Failed  string `json:"failed,omitempty"`
}

func (r record) name() string { return r.Runtime }

// write puts records into the file, and what is made of them into the document.
func write(document string, newer []record) error {
	return where.Update(recordPath, newer, names(), record.name, document, part, markdown)
}

// problems is what did not go as it should.
func (r record) problems() []error {
	var all []error
	if r.Failed != "" {
		all = append(all, fmt.Errorf("%s: %s", r.Runtime, r.Failed))
	}
	for _, c := range r.Cells {
		if c.State == "failed" {
			all = append(all, fmt.Errorf("%s: %s: %s", r.Runtime, c.Feature, c.Why))
		}
	}
	return all
}

// line says in one what came of it.
func (r record) line() string {
	var cells []string
	for _, c := range r.Cells {
		cells = append(cells, c.Feature+" "+c.State)
	}
	line := fmt.Sprintf("%s, %s, %d s: %s", r.Runtime, r.Version, r.Seconds, strings.Join(cells, ", "))
	if err := errors.Join(r.problems()...); err != nil {
		line += "\nFAILED: " + err.Error()
	}
	return line
}
