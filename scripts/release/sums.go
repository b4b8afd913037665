package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// sums writes SHA256SUMS, of every file of the release, in the order of their names, as sha256sum(1) reads it.
func (r *release) sums() error {
	var lines strings.Builder
	tree := os.DirFS(r.dir)
	err := fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, path)
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(content), path)
		return err
	})
	if err != nil {
		return err
	}
	return r.write("SHA256SUMS", []byte(lines.String()), 0o644)
}
