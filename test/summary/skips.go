package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

const noReason = "no reason given"

// logged matches the start of what t.Log, and so t.Skip, prints: the indent, file and line come from package testing.
var logged = regexp.MustCompile(`^\s+[\w.-]+\.go:\d+: `)

// skipReason returns why a test was skipped, from its output: its last log entry up to the first colon or line end.
// The part after the colon is this machine's detail, as in "needs Docker: connection refused".
func skipReason(output string) string {
	reason := ""
	for line := range strings.Lines(output) {
		if mark := logged.FindString(line); mark != "" {
			reason, _, _ = strings.Cut(strings.TrimSpace(line[len(mark):]), ":")
		}
	}
	if reason == "" {
		return noReason
	}
	return reason
}

// allowList is the set of reasons for which a test may be skipped. A nil list allows all.
type allowList struct {
	file    string
	reasons map[string]bool
}

// readAllowed reads a list of reasons, one a line, each followed by " # " and why it is allowed. Empty lines and
// lines that start with # are skipped. Without a file name it returns nil.
func readAllowed(file string) (*allowList, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	list := &allowList{file: file, reasons: map[string]bool{}}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		reason, why, _ := strings.Cut(line, " # ")
		if strings.TrimSpace(why) == "" {
			return nil, fmt.Errorf("%s:%d: %q is allowed without saying why: add \" # why\"", file, n, reason)
		}
		list.reasons[strings.TrimSpace(reason)] = true
	}
	return list, nil
}

// refuse returns the reasons among skips that are not on the list, sorted.
func (a *allowList) refuse(skips map[string][]string) []string {
	if a == nil {
		return nil
	}
	var refused []string
	for _, reason := range slices.Sorted(maps.Keys(skips)) {
		if !a.reasons[reason] {
			refused = append(refused, reason)
		}
	}
	return refused
}
