package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// logged is a message as the source has it.
type logged struct {
	level string
	keys  []string // those written beside it
}

// The messages that are logged are those of the manual, with their levels, and so
// are the keys that are written beside them.
func TestManualHasEveryMessage(t *testing.T) {
	real := messages(t)
	var rows [][]string
	for _, row := range manual(t).section(t, "The log").rows() {
		if len(row) == 3 { // not those of the drain report
			rows = append(rows, row)
		}
	}
	for message, l := range real {
		i := slices.IndexFunc(rows, func(row []string) bool { return plain(row[0]) == message })
		if i < 0 {
			t.Errorf("the message %q is not documented", message)
			continue
		}
		if rows[i][1] != l.level {
			t.Errorf("%q is documented as %s, want %s", message, rows[i][1], l.level)
		}
		for _, key := range l.keys {
			if !strings.Contains(rows[i][2], "`"+key+"`") {
				t.Errorf("%q is documented without its key %s", message, key)
			}
		}
	}
	for _, row := range rows {
		message := plain(row[0])
		_, is := real[message]
		notConstant := message == "drain report" || strings.HasPrefix(message, "DRAINIT_… is ignored")
		if !is && !notConstant {
			t.Errorf("the message %q is documented, and there is none", message)
		}
	}
}

// messages finds the calls of Debug, Info, Warn and Error with a constant message.
func messages(t *testing.T) map[string]logged {
	t.Helper()
	command, _ := filepath.Glob(filepath.Join(root, "cmd/drainit/*.go"))
	packages, _ := filepath.Glob(filepath.Join(root, "internal/*/*.go"))
	if len(command) == 0 || len(packages) == 0 {
		t.Fatalf("the source: %d files of the command, %d of its packages", len(command), len(packages))
	}
	found := map[string]logged{}
	for _, path := range append(command, packages...) {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if message, l, ok := logCall(n); ok {
				found[message] = l
			}
			return true
		})
	}
	return found
}

// logCall takes a call such as log.Warn("message", "key", value) apart.
func logCall(n ast.Node) (message string, l logged, ok bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", logged{}, false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Debug", "Info", "Warn", "Error"}, method.Sel.Name) {
		return "", logged{}, false
	}
	message, ok = literal(call.Args[0])
	l = logged{level: strings.ToLower(method.Sel.Name)}
	for _, arg := range call.Args[1:] {
		ast.Inspect(arg, func(n ast.Node) bool {
			if text, is := literal(n); is && regexp.MustCompile(`^[a-z_]+$`).MatchString(text) {
				l.keys = append(l.keys, text)
			}
			return true
		})
	}
	return message, l, ok
}

func literal(n ast.Node) (text string, ok bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// The keys of a drain report are those of the manual: of one where nothing was
// seen, and of two where connections were, with what the kernel told afterwards
// of given ports, and without, and of one that exits with a peer.
func TestManualHasEveryReportKey(t *testing.T) {
	keys := map[string]bool{}
	stop := func(r *running) {
		r.signal(syscall.SIGTERM)
		reportKeys(r.log(), keys)
	}
	stop(start(t))
	waiting := []string{"--grace-period", "40s", "--drain-delay", "0", "--drain-until", "idle", "--ports"}
	stop(start(t, append(waiting, "none")...))
	for tries := 0; tries < 5 && !keys["requests_cut"]; tries++ { // on a busy machine they are not counted in time
		stop(start(t, append(waiting, "1")...))
	}
	proxy := start(t, append(inPod("proxy"), "--exit-with", "app")...)
	app := start(t, append(inPod("app"), "--drain-delay", "2s")...)
	app.until("the proxy has looked for the app", func() bool { return visited("app") })
	app.signal(syscall.SIGTERM)
	reportKeys(proxy.log(), keys)
	var said []string
	for _, row := range manual(t).section(t, "The drain report").rows() {
		said = append(said, plain(row[0]))
	}
	wantSame(t, "drain report", said, slices.Collect(maps.Keys(keys)))
}

// reportKeys adds the keys of the drain report in a log.
func reportKeys(log []map[string]any, to map[string]bool) {
	for _, line := range log {
		if line["msg"] != "drain report" {
			continue
		}
		for key := range line {
			if key != "time" && key != "level" && key != "msg" && key != "logger" {
				to[key] = true
			}
		}
	}
}
