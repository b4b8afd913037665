package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// programs are the paths of what runs under the inits.
type programs struct {
	child, handler, listener, orphans string
}

// buildPrograms builds them into dir.
func buildPrograms(dir string) (programs, error) {
	var p programs
	for name, path := range map[string]*string{
		"child": &p.child, "handler": &p.handler, "listener": &p.listener, "orphans": &p.orphans,
	} {
		var err error
		if *path, err = build(dir, "drainit/test/bench/"+name); err != nil {
			return p, err
		}
	}
	return p, nil
}

// build builds a command into dir, without cgo: a static program starts the fastest and needs nothing of the image.
func build(dir, importPath string) (string, error) {
	path := filepath.Join(dir, filepath.Base(importPath))
	cmd := exec.Command("go", "build", "-o", path, importPath)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", importPath, err, text)
	}
	return path, nil
}
