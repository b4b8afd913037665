package main

import (
	"testing"

	"drainit/test/where"
)

// The document is what the command would write now.
func TestDocumentIsOfTheRecord(t *testing.T) {
	where.Test(t, "../..", recordPath, part, markdown)
}

func TestRuntimesAreChosen(t *testing.T) {
	for only, want := range map[string]int{"": len(runtimes), "systemd": 1, "Podman": 5, "Podman 4; gVisor": 3, "rkt": 0} {
		chosen, err := choose(only)
		if len(chosen) != want || (err != nil) != (want == 0) {
			t.Errorf("-only %q: %d runtimes, %v; want %d", only, len(chosen), err, want)
		}
	}
}

// Every runtime that lacks a feature, or has it otherwise, names one that there is.
func TestExceptionsAreOfFeatures(t *testing.T) {
	known := map[string]bool{}
	for _, name := range featureNames() {
		known[name] = true
	}
	for _, r := range runtimes {
		for _, list := range []map[string]string{r.lacks, r.differs} {
			for name := range list {
				if !known[name] {
					t.Errorf("%s: no feature %q", r.name, name)
				}
			}
		}
	}
}
