package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// licensesName is the file with the licence of drainit and of all that is linked into it, in full: each asks for its
// notice to go with binaries.
const licensesName = "LICENSES"

// licenses writes that file. The modules are the same on all platforms; those of every one are looked at nonetheless.
func (r *release) licenses(binaries []binary) error {
	own, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	var all bytes.Buffer
	fmt.Fprintf(&all, "drainit %s\nLicense: Apache-2.0\n\n%s", r.version, own)

	seen := map[string]bool{}
	for _, b := range binaries {
		parts, err := linked(b)
		if err != nil {
			return err
		}
		for _, p := range parts {
			if seen[p.path] {
				continue
			}
			seen[p.path] = true
			fmt.Fprintf(&all, "\n%s\n\n%s %s\nLicense: %s\n\n%s", strings.Repeat("-", 78), p.path, p.version, p.license, p.text)
		}
	}
	return r.write(licensesName, all.Bytes(), 0o644)
}

// part is a module that is linked in, or Go's own library and runtime.
type part struct {
	path, version, sum string // the sum as go.sum has it; none for Go's own
	license            string // an SPDX identifier
	text               []byte // the licence's and, where there is one, the NOTICE's
}

// linked returns what a binary was linked of, Go first, then the modules in the order of its build information.
func linked(b binary) ([]part, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	goes, err := licensed(part{path: "std", version: b.info.GoVersion}, strings.TrimSpace(string(root)))
	if err != nil {
		return nil, err
	}
	parts := []part{goes}
	for _, m := range b.info.Deps {
		dir, err := source(m)
		if err != nil {
			return nil, err
		}
		p, err := licensed(part{path: m.Path, version: m.Version, sum: m.Sum}, dir)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// source returns the directory of a module's source, of the version that is linked in.
func source(m *debug.Module) (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", m.Path).Output()
	if err != nil {
		return "", fmt.Errorf("go list -m %s: %w", m.Path, err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if version != m.Version {
		return "", fmt.Errorf("%s is %s in the binary and %s in go.mod: build it again", m.Path, m.Version, version)
	}
	return dir, nil
}

// licensed reads the licence in a module's directory. One that is not known is an error: it is to be read before it is
// handed out.
func licensed(p part, dir string) (part, error) {
	files, err := filepath.Glob(filepath.Join(dir, "LICENSE*"))
	if err != nil || len(files) == 0 {
		return p, fmt.Errorf("%s has no LICENSE in %s", p.path, dir)
	}
	if p.text, err = os.ReadFile(files[0]); err != nil {
		return p, err
	}
	if p.license = identify(p.text); p.license == "" {
		return p, fmt.Errorf("%s: the licence is none of those known: add it to identify if it may be linked in", files[0])
	}
	if notice, err := os.ReadFile(filepath.Join(dir, "NOTICE")); err == nil {
		p.text = append(append(p.text, '\n'), notice...)
	}
	return p, nil
}

// identify returns the SPDX identifier of a licence's text, or nothing.
func identify(text []byte) string {
	words := strings.Join(strings.Fields(string(text)), " ")
	has := func(s string) bool { return strings.Contains(words, s) }
	switch {
	case has("Apache License Version 2.0, January 2004"):
		return "Apache-2.0"
	case has("Redistributions in binary form must reproduce") && has("Neither the name of"):
		return "BSD-3-Clause"
	case has("Permission is hereby granted, free of charge") && has("The above copyright notice and this permission notice"):
		return "MIT"
	}
	return ""
}
