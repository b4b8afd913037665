package main

import (
	"fmt"
	"io"
)

// An archive writes a cpio(5) archive in the "newc" format, as the kernel takes an initramfs.
type archive struct {
	w   io.Writer
	n   int // entries so far
	err error
}

// Types of files, of inode(7).
const (
	directory = 0o040755
	regular   = 0o100755
	symlink   = 0o120777
	device    = 0o020600
)

// entry writes one: major and minor are a device's.
func (a *archive) entry(name string, mode, major, minor int, content []byte) {
	a.n++
	head := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.n, mode, 0, 0, 1, 0, len(content), 0, 0, major, minor, len(name)+1, 0)
	a.padded(append([]byte(head), name+"\x00"...))
	a.padded(content)
}

// padded writes a multiple of four bytes.
func (a *archive) padded(b []byte) {
	if a.err == nil {
		_, a.err = a.w.Write(append(b, make([]byte, (4-len(b)%4)%4)...))
	}
}

func (a *archive) close() error {
	a.entry("TRAILER!!!", 0, 0, 0, nil)
	return a.err
}
