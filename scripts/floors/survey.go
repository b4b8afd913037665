package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	module  = "drainit/"
	inside  = "internal/"
	command = "cmd/drainit"

	// testsOnly is a package that no package imports but in tests.
	testsOnly = "internal/testkit"
)

// house is the packages that drainit is made of, each with those of them it imports.
type house map[string][]string

// survey reads the imports of the files that are no tests.
func survey(root string) (house, error) {
	dirs, err := filepath.Glob(filepath.Join(root, inside, "*"))
	if err != nil {
		return nil, err
	}
	h := house{}
	for _, dir := range append(dirs, filepath.Join(root, command)) {
		name, err := filepath.Rel(root, dir)
		if err != nil {
			return nil, err
		}
		if name == testsOnly {
			continue
		}
		if h[name], err = imports(dir); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// imports returns which of the module's own packages the one in a directory imports.
func imports(dir string) ([]string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, f.Name()), nil, parser.ImportsOnly)
		if err != nil {
			return nil, err
		}
		for _, i := range file.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return nil, err
			}
			if own, ok := strings.CutPrefix(path, module); ok {
				found[own] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// height is 0 for a leaf, which imports none of the others, and else one more than that
// of the highest it imports.
func (h house) height(name string) (n int) {
	for _, below := range h[name] {
		n = max(n, h.height(below)+1)
	}
	return n
}

func (h house) leaves() (names []string) {
	for name := range h {
		if h.height(name) == 0 {
			names = append(names, strings.TrimPrefix(name, inside))
		}
	}
	slices.Sort(names)
	return names
}

// rooms are what stands between the leaves and the command, highest first.
func (h house) rooms() (names []string) {
	for name := range h {
		if name != command && h.height(name) > 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := h.height(b) - h.height(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}

// draw writes the three floors: a line for each room, with the rooms and, behind a bar,
// the leaves it imports.
func (h house) draw() string {
	var b strings.Builder
	line := func(name string) {
		var rooms, leaves []string
		for _, below := range h[name] {
			short := strings.TrimPrefix(below, inside)
			if h.height(below) == 0 {
				leaves = append(leaves, short)
			} else {
				rooms = append(rooms, short)
			}
		}
		text := fmt.Sprintf("    %-12s %s", strings.TrimPrefix(name, inside), strings.Join(rooms, " "))
		if len(leaves) > 0 {
			text += " | " + strings.Join(leaves, " ")
		}
		fmt.Fprintln(&b, strings.ReplaceAll(text, "  | ", " | "))
	}
	line(command)
	b.WriteString("    ----\n")
	for _, name := range h.rooms() {
		line(name)
	}
	b.WriteString("    ----\n")
	fmt.Fprintln(&b, "    "+strings.Join(h.leaves(), " "))
	return b.String()
}
