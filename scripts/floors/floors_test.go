package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func surveyed(t *testing.T) house {
	t.Helper()
	h, err := survey(root)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestThreeFloors: leaves know nothing of each other, the command knows rooms alone, and
// nobody but the command knows PID 1's.
func TestThreeFloors(t *testing.T) {
	h := surveyed(t)
	leaves := []string{"conns", "drain", "early", "fifo", "firsttogo", "freeport", "front", "idle", "logging", "pod", "probe", "proc", "reaper", "report", "share", "signals", "version"}
	if got := h.leaves(); !slices.Equal(got, leaves) {
		t.Errorf("the leaves are %v, want %v", got, leaves)
	}
	for _, below := range h[command] {
		if h.height(below) == 0 {
			t.Errorf("%s imports the leaf %s", command, below)
		}
	}
	for name, imports := range h {
		if name != command && slices.Contains(imports, "internal/supervisor") {
			t.Errorf("%s imports the supervisor", name)
		}
	}
}

// TestDrawingIsCurrent: docs/design.md shows the house as it is.
func TestDrawingIsCurrent(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		t.Fatal(err)
	}
	want, err := replaced(text, surveyed(t).draw())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, want) {
		t.Errorf("%s is out of date: go run ./scripts/floors -update", document)
	}
}

// TestShortStories: what is read first can be read at once.
func TestShortStories(t *testing.T) {
	for file, most := range map[string]int{"cmd/drainit/main.go": 150, "internal/supervisor/life.go": 90} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(text, []byte("\n")); got > most {
			t.Errorf("%s has %d lines, want %d or fewer", file, got, most)
		}
	}
}

// mostFields is how many a struct may have. Records, which are read and written as a
// whole and have no life of their own, may have more.
const mostFields = 12

var records = []string{
	"config.Config", "drain.Settings", "drain.Plan", "drain.Record", "pod.Seen", "probe.Front", "probe.Status", "probe.metrics",
	"signals.Process", "signals.Target",
}

// hot are those of which a client of the front is made: one allocation each, for a request
// that makes none.
var hot = []string{"front.Front", "front.conn", "front.exchange", "front.head"}

// TestFewFields: what has a life of its own has few fields.
func TestFewFields(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, inside, "*/*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	var many []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && fields(spec) > mostFields {
				many = append(many, file.Name.Name+"."+spec.Name.Name)
			}
			return true
		})
	}
	slices.Sort(many)
	if want := slices.Sorted(slices.Values(slices.Concat(records, hot))); !slices.Equal(many, want) {
		t.Errorf("more than %d fields have %v, want %v alone", mostFields, many, want)
	}
}

// fields counts those of a struct, an embedded one as one.
func fields(spec *ast.TypeSpec) (n int) {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return 0
	}
	for _, f := range s.Fields.List {
		n += max(1, len(f.Names))
	}
	return n
}
