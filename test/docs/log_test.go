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
	"time"

	"drainit/internal/testkit"
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
	for _, row := range reference(t).section(t, "The log").rows() {
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
		if !is && message != "drain report" { // which is logged by a constant's name
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
	stop(start(t, "--grace-period", "9s", "--drain-delay", "0", "--front", testkit.FreeAddr(t)+"=1"))
	waiting := []string{"--grace-period", "40s", "--drain-delay", "0", "--drain-until", "idle", "--ports"}
	stop(start(t, append(waiting, "none")...))
	for tries := 0; tries < 5 && !keys["requests_cut"]; tries++ { // on a busy machine they are not counted in time
		stop(start(t, append(waiting, "1")...))
	}
	atMost(t, keys)
	proxy := start(t, append(inPod("proxy"), "--exit-with", "app")...)
	app := start(t, append(inPod("app"), "--drain-delay", "2s")...)
	app.until("the proxy has looked for the app", func() bool { return visited("app") })
	app.signal(syscall.SIGTERM)
	reportKeys(proxy.log(), keys)
	said := map[string]bool{}
	for _, row := range reference(t).section(t, "The drain report").rows() {
		key := plain(row[0])
		if slices.Contains(durations(t), key) {
			key += "_seconds"
		}
		said[key] = true
	}
	wantSame(t, "drain report", slices.Collect(maps.Keys(said)), slices.Collect(maps.Keys(keys)))
}

// durations are the keys that the manual says are durations.
func durations(t *testing.T) []string {
	t.Helper()
	list := regexp.MustCompile(`(?s)These are durations:(.*?)\.\s`).FindStringSubmatch(reference(t).section(t, "The log in JSON").text)
	if list == nil {
		t.Fatal("the manual has no list of durations")
	}
	var keys []string
	for _, key := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(list[1], -1) {
		keys = append(keys, key[1])
	}
	return keys
}

// In JSON no value is a duration as people write it, and every key that has a unit is
// one of the manual's durations.
func TestJSONHasNumbers(t *testing.T) {
	r := start(t, "--grace-period", "40s", "--drain-delay", "0s..100ms")
	r.signal(syscall.SIGTERM)
	for _, line := range r.log() {
		for key, value := range line {
			if text, ok := value.(string); ok {
				if _, err := time.ParseDuration(text); err == nil {
					t.Errorf("%s: %s is %q, a text", line["msg"], key, text)
				}
			}
			if name, ok := strings.CutSuffix(key, "_seconds"); ok && !slices.Contains(durations(t), strings.TrimSuffix(name, "_max")) {
				t.Errorf("%s: %s is not among the manual's durations", line["msg"], name)
			}
		}
	}
}

// atMost adds the keys of a report of a program that ends within the hold, with which a
// request does, or a little earlier; and in which SIGTERM has replaced SIGINT.
func atMost(t *testing.T, to map[string]bool) {
	t.Helper()
	port, end := asked(t)
	r := start(t, "--grace-period", "60s", "--drain-delay", "15s", "--ports", port)
	r.signal(syscall.SIGINT)
	r.until("looked at", func() bool { return r.status()["connections"].(map[string]any)["latest"] != nil })
	r.signal(syscall.SIGTERM)
	r.until("SIGTERM has taken its place", func() bool {
		return r.status()["stop_request"].(map[string]any)["signal"] == "SIGTERM"
	})
	pid := int(r.status()["child"].(map[string]any)["pid"].(float64))
	end()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	reportKeys(r.log(), to)
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
