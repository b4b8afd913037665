package signals

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPure keeps everything that touches the world out of this package. syscall
// is allowed for the type and the numbers of signals alone, time for durations.
func TestPure(t *testing.T) {
	allowed := []string{`"errors"`, `"fmt"`, `"maps"`, `"math/bits"`, `"path"`, `"slices"`, `"strconv"`, `"strings"`, `"syscall"`, `"time"`}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("source files: %v, %v", files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range tree.Imports {
			if !slices.Contains(allowed, i.Path.Value) {
				t.Errorf("%s imports %s", file, i.Path.Value)
			}
		}
		for node := range ast.Preorder(tree) {
			use, ok := node.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			pkg, ok := use.X.(*ast.Ident)
			switch {
			case !ok:
			case pkg.Name == "syscall" && !strings.HasPrefix(use.Sel.Name, "SIG") && use.Sel.Name != "Signal",
				pkg.Name == "time" && use.Sel.Name != "Duration":
				t.Errorf("%s uses %s.%s", file, pkg.Name, use.Sel.Name)
			}
		}
	}
}
