package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drainit/internal/testkit"
)

// A program that has not waited for two of its children, with a variable that is no
// setting, in a container with a limit of processes.
func TestMetricsOfAContainer(t *testing.T) {
	t.Parallel()
	cage, addr := testkit.PIDsCage(t, "500"), testkit.FreeAddr(t)
	r := launch(t, spec{prepare: "cgroup=" + cage, env: []string{"DRAINIT_QUUX=1"},
		args: command([]string{"--probe-addr", addr, "--ports", "none"}, sh("sleep 0 & sleep 0 & exec sleep 1000")...)})
	r.pidOf("sleep 1000")
	testkit.Soon(t, "two zombies", func() bool { return zombies(r.cmd.Process.Pid) == 2 })
	for series, want := range map[string]string{
		"drainit_processes":  "4",
		"drainit_zombies":    "2",
		"drainit_pids_limit": "500",
		"drainit_ready":      "absent",
		`drainit_warnings_total{reason="variable ignored"}`: "1",
	} {
		if got := seriesOf(t, addr, series); got != want {
			t.Errorf("%s is %s, want %s", series, got, want)
		}
	}
	if got := seriesOf(t, addr, "drainit_pids"); got == "absent" || got < "4" && len(got) == 1 {
		t.Errorf("drainit_pids is %s, want 4 and drainit's threads", got)
	}
	getFrom(t, addr, "/readyz")
	if got := seriesOf(t, addr, "drainit_ready"); got != "1" {
		t.Errorf("drainit_ready is %s once asked, want 1", got)
	}
}

// seriesOf scrapes and returns a value as it is written.
func seriesOf(t *testing.T, addr, series string) string {
	t.Helper()
	for line := range strings.Lines(getFrom(t, addr, "/metrics")) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "absent"
}

// getFrom returns what is answered at a path.
func getFrom(t *testing.T, addr, path string) string {
	t.Helper()
	resp, err := http.Get("http://" + addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The message of a warning is a label of a metric, so none is made at run time: the
// manual has them all (test/docs).
func TestWarningsHaveConstantMessages(t *testing.T) {
	paths, _ := filepath.Glob("*.go")
	packages, _ := filepath.Glob("../../internal/*/*.go")
	calls := 0
	for _, path := range append(paths, packages...) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			message, ok := warned(n)
			if !ok {
				return true
			}
			calls++
			if lit, ok := message.(*ast.BasicLit); !ok || lit.Kind != token.STRING {
				if name, ok := message.(*ast.Ident); !ok || name.Name != "drainReport" { // a constant
					t.Errorf("%v: a message that is not written there", files.Position(message.Pos()))
				}
			}
			return true
		})
	}
	if calls < 40 {
		t.Errorf("%d warnings in the source, want 40 or more: are they logged in another way?", calls)
	}
}

// warned returns the message of a call that logs a warning or an error.
func warned(n ast.Node) (message ast.Expr, ok bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	at := 0
	switch {
	case !ok:
		return nil, false
	case slices.Contains([]string{"WarnContext", "ErrorContext"}, method.Sel.Name):
		at = 1
	case slices.Contains([]string{"Log", "LogAttrs"}, method.Sel.Name):
		at = 2
	case !slices.Contains([]string{"Warn", "Error"}, method.Sel.Name):
		return nil, false
	}
	if len(call.Args) <= at || isErrorMethod(call, method) {
		return nil, false
	}
	return call.Args[at], true
}

// isErrorMethod reports whether it is Error of an error, or Warn of the gate.
func isErrorMethod(call *ast.CallExpr, method *ast.SelectorExpr) bool {
	of, ok := method.X.(*ast.SelectorExpr)
	return len(call.Args) == 0 || ok && method.Sel.Name == "Warn" && of.Sel.Name == "cfg"
}
