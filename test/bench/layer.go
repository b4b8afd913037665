package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
)

// pack returns an image's layer of the files and nothing else, as it is pushed and pulled: a tar of them, under the
// paths they have here, compressed with gzip at its default level, as engines do.
func pack(files ...string) ([]byte, error) {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	w := tar.NewWriter(zip)
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		h := &tar.Header{Name: path[1:], Mode: 0o755, Size: int64(len(text)), Typeflag: tar.TypeReg}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		w.Write(text) //nolint:errcheck // to memory, and Close says if it was not the whole
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err := zip.Close()
	return b.Bytes(), err
}

var resolvedLibrary = regexp.MustCompile(`(?m)^\s+(?:\S+ => )?(/\S+) \(0x`)

// libraries returns the files that a program needs besides itself, its loader first, in the loader's own words
// (ld.so(8), --list). A static one needs none.
func (c contender) libraries() ([]string, error) {
	loader, err := c.loader()
	if loader == "" || err != nil {
		return nil, err
	}
	text, err := exec.Command(loader, "--list", c.path).Output()
	if err != nil {
		return nil, fmt.Errorf("%s --list %s: %w", loader, c.path, err)
	}
	return append([]string{loader}, resolved(string(text), loader)...), nil
}

// resolved returns the paths in what a loader lists, in order, without its own.
func resolved(list, loader string) []string {
	var paths []string
	for _, m := range resolvedLibrary.FindAllStringSubmatch(list, -1) {
		if path := filepath.Clean(m[1]); path != loader && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}
