package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func committed(t *testing.T) tables {
	t.Helper()
	tables, err := readTables(".")
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

var update = flag.Bool("update", false, "rewrite docs/proof/wrappers.md from the tables")

func TestTheDocumentIsOfTheTables(t *testing.T) {
	if *update {
		if err := os.WriteFile("../../"+documentPath, []byte(committed(t).document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	document, err := os.ReadFile("../../" + documentPath)
	if err != nil {
		t.Fatal(err)
	}
	if string(document) != committed(t).document() {
		t.Errorf("%s is not what the tables make of it: make wrappers WRAPPERFLAGS=-write", documentPath)
	}
}

func TestTheTablesAreWhole(t *testing.T) {
	tables := committed(t)
	for _, w := range allWrappers() {
		if !slices.ContainsFunc(tables.wrappers, func(r record) bool { return r[1] == w.name && r[2] == w.pack }) {
			t.Errorf("wrappers.tsv has no %q of package %s", w.name, w.pack)
		}
	}
	for _, s := range shells {
		for _, text := range scripts {
			if !slices.ContainsFunc(tables.shells, func(r record) bool { return r[1] == s.name && r[3] == string(text) }) {
				t.Errorf("shells.tsv has no %q of %s", text, s.name)
			}
		}
	}
	for _, r := range slices.Concat(tables.wrappers, tables.shells) {
		for _, cell := range r {
			if cell == "" || strings.HasPrefix(cell, "failed") {
				t.Errorf("%q of %q was not measured: %s", r[1], r[0], cell)
			}
		}
	}
	for _, r := range tables.wrappers {
		if !slices.ContainsFunc(kindsTold, func(k struct{ name, meaning string }) bool { return k.name == cell(r, "kind") }) {
			t.Errorf("%q is of a kind that the document does not tell: %q", r[1], cell(r, "kind"))
		}
	}
}

// What the program rests on: a shell without a trap for SIGTERM runs nothing once it is stopped, its child has ended,
// and it gets SIGTERM and SIGCONT; and after SIGKILL none does.
func TestNothingRunsAfterTheStop(t *testing.T) {
	for _, r := range committed(t).shells {
		stopped, killed := r[slices.Index(shellHeads, methods[0].name)], r[slices.Index(shellHeads, methods[1].name)]
		runs := strings.Contains(stopped, "next") || strings.Contains(stopped, "again")
		if traps := strings.Contains(r[3], "TERM"); runs && !traps {
			t.Errorf("%s: %s: %s: %q: it goes on, and has no trap", r[0], r[1], r[3], stopped)
		}
		if killed != "killed by KILL" {
			t.Errorf("%s: %s: %s, after SIGKILL: %q", r[0], r[1], r[3], killed)
		}
	}
}

// machine is this machine as a lab: what is installed on it, in namespaces.
func machine(t *testing.T) lab {
	t.Helper()
	t.Parallel() // they wait, mostly
	self := filepath.Join(t.TempDir(), "wrappers")
	build := exec.Command("go", "build", "-o", self, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, output)
	}
	if os.Getuid() != 0 {
		t.Skip("namespaces: not root")
	}
	return lab{self: self, turns: make(chan bool, 16)}
}

// ofThisVersion returns the committed record of the version that was measured here, or else the first.
func ofThisVersion(measured record, committed []record, isSame func(a, b record) bool, version int) record {
	var first record
	for _, c := range committed {
		if isSame(c, measured) && (first == nil || c[version] == measured[version] && first[version] != measured[version]) {
			first = c
		}
	}
	return first
}

func compare(t *testing.T, measured, committed []record, heads []string, isSame func(a, b record) bool) {
	t.Helper()
	for _, m := range measured {
		c := ofThisVersion(m, committed, isSame, slices.Index(heads, "version"))
		if c == nil {
			t.Errorf("%q: not in the table", m[1])
			continue
		}
		m[0] = c[0]
		for _, difference := range differ([]record{m}, []record{c}, heads) {
			t.Errorf("version %s: %v (the table's is %s)", m[slices.Index(heads, "version")], difference, c[slices.Index(heads, "version")])
		}
	}
}

// The wrappers that nearly every image has do here what the table says.
func TestInstalledWrappers(t *testing.T) {
	l := machine(t)
	l.questions = []string{ends7, "TERM", "STOP, TERM"}
	here := []string{"su -c PROG", "su -c 'PROG; x'", "runuser -u USER -- PROG", "timeout 1000 PROG",
		"timeout --foreground 1000 PROG", "timeout -k 2 1000 PROG", "setsid PROG", "setsid -w PROG", "flock FILE PROG",
		"setpriv --reuid … PROG", "env -S 'A=1 PROG'", "nice -n 5 PROG", "nohup PROG", "stdbuf -oL PROG", "ionice -c 2 PROG",
		"chroot / PROG", "xargs -n 1 PROG, two lines", "find -exec PROG ;, two files", "unshare -f PROG", "perl system",
		"sh -c 'PROG; x'", "bash -c 'PROG; x'", "bash -c PROG", "tini -- PROG", "dumb-init PROG", "catatonit -- PROG", "make"}
	chosen := slices.DeleteFunc(allWrappers(), func(w wrapper) bool { return !slices.Contains(here, w.name) })
	measured := l.measureWrappers(chosen)
	if len(measured) < 15 {
		t.Fatalf("only %d wrappers here: is this a Debian?", len(measured))
	}
	compare(t, measured, committed(t).wrappers, wrapperHeads, func(a, b record) bool { return a[1] == b[1] })
}

// So do the shells.
func TestInstalledShells(t *testing.T) {
	l := machine(t)
	l.methods = methods[:1]
	measured := l.measureShells(slices.DeleteFunc(slices.Clone(shells), func(s shell) bool {
		return !slices.Contains([]string{"dash", "bash", "busybox ash"}, s.name)
	}))
	if len(measured) < 2*len(scripts) {
		t.Fatalf("only %d scripts measured: neither dash nor bash here?", len(measured))
	}
	compare(t, measured, committed(t).shells, shellHeads, func(a, b record) bool { return a[1] == b[1] && a[3] == b[3] })
}

func TestAlike(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"ends after 2.0 s, killed by TERM", "ends after 2.7 s, killed by TERM", true},
		{"ends after 2.0 s, killed by TERM", "ends after 3.1 s, killed by TERM", false},
		{"ends after 2.0 s, killed by TERM", "ends after 2.0 s, killed by INT", false},
		{"ends, exit 7", "ends after 2.0 s, exit 7", false},
	} {
		if got := alike(test.a, test.b); got != test.want {
			t.Errorf("%q and %q: alike %v, want %v", test.a, test.b, got, test.want)
		}
	}
}

func TestDiffer(t *testing.T) {
	heads := []string{"suite", "wrapper", "version", "TERM"}
	table := []record{{"bookworm", "a", "1", "ends, exit 7"}}
	for _, test := range []struct {
		measured record
		want     int
	}{
		{record{"bookworm", "a", "2", "ends, exit 7"}, 0},
		{record{"bookworm", "a", "1", ""}, 0}, // not asked
		{record{"bookworm", "a", "1", "ends, exit 8"}, 1},
		{record{"bookworm", "b", "1", "ends, exit 7"}, 1},
	} {
		if got := differ([]record{test.measured}, table, heads); len(got) != test.want {
			t.Errorf("%q: differences %q, want %d", test.measured, got, test.want)
		}
	}
}
