package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// event is one line of go test -json: a test event (go doc test2json) or, with ImportPath set instead of Package,
// a build event (go help buildjson).
type event struct {
	Action      string
	Package     string
	Test        string  // empty: the event is the package's
	Output      string  // one line, newline included
	Elapsed     float64 // seconds
	ImportPath  string
	FailedBuild string // ImportPath of the build that failed this package
}

// read consumes a whole stream, calls seen with each event and done with each package as it ends. A package that the stream leaves
// unfinished is ended as failed. A line that is no event is an error: its results would be missing from the counts.
func (t *tally) read(r io.Reader, seen func(event), done func(*packageRun)) error {
	lines := bufio.NewReader(r) // not a Scanner: a test may print a line of any length
	var bad error
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				bad = fmt.Errorf("not a test event: %.80q", line)
			} else {
				seen(e)
				if p := t.add(e); p != nil {
					done(p)
				}
			}
		}
		if err != nil {
			break
		}
	}
	for _, p := range t.endUnfinished() {
		done(p)
	}
	return bad
}
