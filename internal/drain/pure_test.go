package drain

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestPure keeps the clock, the process table and everything else that touches
// the world out of this package.
func TestPure(t *testing.T) {
	allowed := map[string]bool{`"fmt"`: true, `"strings"`: true, `"time"`: true}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range tree.Imports {
			if !allowed[i.Path.Value] {
				t.Errorf("%s imports %s", file, i.Path.Value)
			}
		}
	}
}
