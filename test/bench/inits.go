package main

import (
	"debug/elf"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// contender is an init to measure.
type contender struct {
	name string
	path string // absolute
}

// none is the child as PID 1 itself: what everything costs without an init.
var none = contender{name: "none"}

// drainitName is what drainit is called among the contenders, and beforeName what an
// earlier one of it is.
const (
	drainitName = "drainit"
	beforeName  = "before"
)

// peers are the other inits, by the names Debian installs them under. The first one found is what ratios are to.
var peers = []string{"tini", "tini-static", "dumb-init", "catatonit"}

// installed returns the inits found here, the reference first and drainit last.
func installed(drainit string) ([]contender, error) {
	var found []contender
	for _, name := range peers {
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, contender{name, path})
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no other init to compare with: apt-get install tini dumb-init catatonit")
	}
	path, err := filepath.Abs(drainit)
	return append(found, contender{drainitName, path}), err
}

// asInstalled returns a copy of the binary in dir, under a name. Of a file that was written in one go the kernel keeps larger pieces in
// memory than of what a linker wrote bit by bit, and the others were written by a package manager.
func asInstalled(binary, dir, name string) (string, error) {
	data, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, data, 0o755)
}

// argv is the command line that runs child under the init. All of them end their own flags at --.
func (c contender) argv(child string) []string {
	if c == none {
		return []string{child}
	}
	return []string{c.path, "--", child}
}

var versionNumber = regexp.MustCompile(`\d+(\.\d+)+`)

// version returns the init's version number as it says it, or "".
func (c contender) version() string {
	text, err := exec.Command(c.path, "--version").CombinedOutput()
	if err != nil {
		return ""
	}
	return versionNumber.FindString(string(text))
}

// loader returns the path of the loader that the kernel starts the init with, or "" for a static one, which starts in
// FROM scratch.
func (c contender) loader() (string, error) {
	f, err := elf.Open(c.path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			path, err := io.ReadAll(p.Open())
			return strings.TrimRight(string(path), "\x00"), err
		}
	}
	return "", nil
}
