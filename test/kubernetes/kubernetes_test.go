package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drainit/test/markdown"
)

const (
	guide = "../../docs/guides/kubernetes.md"
	proof = "../../docs/proof/kubernetes.md"
)

// A cluster is named or nothing is done, and so is the way images come to it.
func TestNothingIsGuessed(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "CONTEXT="},
		{[]string{"-kubeconfig", "file", "-image-load", "true"}, "CONTEXT="},
		{[]string{"-context", "kind"}, "IMAGE_LOAD="},
		{[]string{"-context", "kind", "-image-load", "true", "more"}, `"more"`},
		{[]string{"-context", "kind", "-image-load", "true", "-only", "("}, "-only"},
	} {
		if _, err := parse(tt.args); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want one that has %q", tt.args, err, tt.want)
		}
	}
	if s, err := parse([]string{"-context", "kind", "-image-load", "true"}); err != nil || s.context != "kind" {
		t.Errorf("%+v, %v", s, err)
	}
}

// recorded is a kubectl that answers as it is told, by the first word that is no flag, and writes down what it was asked.
func recorded(t *testing.T, answers string) (k kubectl, asked func() []string) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho \"$@\" >>" + dir + "/asked\nfor a; do case $a in -*) ;; *) break ;; esac; done\ncase $a in\n" + answers + "esac\n"
	if err := os.WriteFile(dir+"/kubectl", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return kubectl{program: dir + "/kubectl", config: "file", context: "kind", namespace: "mine"}, func() []string {
		lines, _ := os.ReadFile(dir + "/asked")
		return strings.Split(strings.TrimSpace(string(lines)), "\n")
	}
}

// The namespace is made, restricted, and removed whatever comes of what is done in it; and each command names the
// context.
func TestNamespaceIsRemoved(t *testing.T) {
	k, asked := recorded(t, "")
	failure := errors.New("failure")
	ctx, cancel := context.WithCancel(t.Context())
	err := within(ctx, k, func(context.Context) error {
		cancel()
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("error %v, want what was done in it", err)
	}
	const context = "--context=kind --kubeconfig=file "
	want := []string{context + "create namespace mine", context + "label namespace mine " + restricted + "=restricted", context + "delete namespace mine"}
	if got := asked(); !slices.Equal(got, want) {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// One that is there already is not touched.
func TestNamespaceOfOthersIsRefused(t *testing.T) {
	k, asked := recorded(t, `create) echo 'namespaces "mine" already exists' >&2; exit 1 ;;`)
	err := within(t.Context(), k, func(context.Context) error {
		t.Error("something is done in it")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "already exists") || len(asked()) != 1 {
		t.Errorf("error %v, asked %q", err, asked())
	}
}

// What it is run on is what kubectl says of it.
func TestMachine(t *testing.T) {
	k, _ := recorded(t, `version) echo '{"serverVersion":{"gitVersion":"v1.37.2"}}' ;;
get) echo '{"items":[{"status":{"nodeInfo":{"containerRuntimeVersion":"containerd://2.1.9","kernelVersion":"6.18.1","architecture":"amd64"}}}]}' ;;
--version) echo drainit 0.1.0 ;;
`)
	s := settings{kubectl: k, bin: filepath.Dir(k.program)}
	if err := os.WriteFile(s.bin+"/drainit", []byte("#!/bin/sh\necho drainit 0.1.0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	got, err := s.machine(t.Context())
	want := time.Now().Format(time.DateOnly) + ": Kubernetes 1.37.2 of 1 node, containerd 2.1.9, Linux 6.18.1 (amd64); drainit 0.1.0"
	if err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestWatch(t *testing.T) {
	f, err := os.Open("testdata/watch.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := &watch{pods: map[string]*life{}}
	w.read(f)
	if a := w.of("a"); a.marked.IsZero() || a.gone.Before(a.marked) {
		t.Errorf("a is %+v, want marked and then gone", a)
	}
	if b := w.of("b"); !b.marked.IsZero() || !b.gone.IsZero() {
		t.Errorf("b is %+v, want there", b)
	}
	if names := w.names(); !slices.Equal(names, []string{"b"}) {
		t.Errorf("not marked are %q, want b", names)
	}
}

// Only what was said before and after it is no report.
func TestTally(t *testing.T) {
	k, _ := recorded(t, `logs) printf '12s 100 requests\n{\n  "sent": 7, "lost": 2, "not_sent": 1, "lost_by": {"refused": 2}\n}\n' ;;`)
	var got tally
	if err := (&lab{kubectl: k}).tally(t.Context(), "pod", "client-0", &got); err != nil || got.Sent != 7 || got.Lost != 2 || got.NotSent != 1 || got.By["refused"] != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	k, _ = recorded(t, `logs) echo nothing ;;`)
	if err := (&lab{kubectl: k}).tally(t.Context(), "pod", "client-0", &got); err == nil {
		t.Error("no error where there is no report")
	}
}

func TestObjects(t *testing.T) {
	all, err := objects(`{"kind":"A"}
{"kind":"List","items":[{"kind":"B","spec":{"containers":[{"name":"c","env":[{"name":"X","value":"1"}]}]}}]}`)
	if err != nil || len(all) != 2 || all[0].kind() != "A" {
		t.Fatalf("%v, %v", all, err)
	}
	b := all[1].clone()
	b.env("spec.containers.0", "X", "2")
	b.env("spec.containers.0", "Y", "3")
	b.set("spec.template.spec.deep", 4)
	got, _ := json.Marshal(b)
	want := `{"kind":"B","spec":{"containers":[{"env":[{"name":"X","value":"2"},{"name":"Y","value":"3"}],"name":"c"}],"template":{"spec":{"deep":4}}}}`
	if string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
	if v := all[1].at("spec.containers.0.env.0.value"); v != "1" {
		t.Errorf("the clone shares what it was made of: %v", v)
	}
}

func TestRow(t *testing.T) {
	r := result{Lane: "x", Gone: []float64{5.04, 6}, Whole: []float64{20}}
	for range 2 {
		var tallies []tally
		for i := range clients {
			tallies = append(tallies, tally{Sent: 100, Lost: i})
		}
		tallies[1].NotSent = 3
		r.Tallies = append(r.Tallies, tallies)
	}
	want := "x|0, 0 of 200|1 (3 not sent), 1 (3 not sent) of 200|2, 2 of 200|3, 3 of 200|4, 4 of 200|5.0-6.0 s|20.0-20.0 s"
	if got := strings.Join(r.row(), "|"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The commands that take an archive are told from those that take a name.
func TestTakesArchive(t *testing.T) {
	for command, want := range map[string]bool{
		"ctr -n k8s.io images import": true, "kind load image-archive": true, "k3d image import": true, "/tmp/node/import": true,
		"kind load docker-image": false, "minikube image load": false,
	} {
		if got := takesArchive.MatchString(command); got != want {
			t.Errorf("%q: an archive %v, want %v", command, got, want)
		}
	}
}

// plainText is a document without the ends of its lines.
func plainText(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(content)), " ")
}

// Each statement stands in the guide as it is here, and has either a check or a reason for none.
func TestStatementsStandInTheGuide(t *testing.T) {
	text := plainText(t, guide)
	for _, s := range statements {
		if !strings.Contains(text, s.says) {
			t.Errorf("the guide does not say %q", s.says)
		}
		if (s.check == nil) == (s.why == "") {
			t.Errorf("%q has a check and a reason for none, or neither", s.says)
		}
	}
}

// Every check in these files is one of a statement, so that none is forgotten.
func TestChecksAreOfStatements(t *testing.T) {
	var used []string
	for _, c := range checks() {
		used = append(used, c.String())
	}
	paths, err := filepath.Glob("checks_*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, is := d.(*ast.FuncDecl)
			if !is || f.Recv != nil || len(f.Type.Params.List) != 2 || f.Type.Results == nil || len(f.Type.Results.List) != 1 || fmt.Sprint(f.Type.Results.List[0].Type) != "error" {
				continue
			}
			if star, is := f.Type.Params.List[1].Type.(*ast.StarExpr); is && fmt.Sprint(star.X) == "lab" {
				found++
				if !slices.Contains(used, f.Name.Name) {
					t.Errorf("%s is a check of no statement", f.Name.Name)
				}
			}
		}
	}
	if found != len(used) {
		t.Errorf("%d checks are found, and %d used", found, len(used))
	}
}

// The document has what is here; what was measured is the same there and in the guide.
func TestDocument(t *testing.T) {
	document := read(t, proof)
	for name, table := range map[string]string{"statements": statementsTable(), "counts": counts()} {
		if want, err := markdown.Replace(document, name, table); err != nil || want != document {
			t.Errorf("%s: %q differs, %v (go run ./test/kubernetes -tables)", proof, name, err)
		}
	}
	if a, b := rolloutsOf(document), rolloutsOf(read(t, guide)); a != b || !strings.Contains(a, "bare") {
		t.Errorf("the rollouts of the guide and its proof differ, or are none:\n%s\n%s", a, b)
	}
}

func rolloutsOf(document string) string {
	_, rest, _ := strings.Cut(document, "<!-- rollouts -->")
	table, _, _ := strings.Cut(rest, "<!-- end -->")
	return table
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
