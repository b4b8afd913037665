package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// build compiles an empty program with extra environment and flags and returns its path.
func build(t *testing.T, env []string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module empty\n", "main.go": "package main\n\nfunc main() {}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", append(append([]string{"build"}, flags...), "-o", "empty", ".")...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return filepath.Join(dir, "empty")
}

func TestStatic(t *testing.T) {
	b, err := read(build(t, []string{"GOARCH=arm", "GOARM=7"}))
	if err != nil {
		t.Fatal(err)
	}
	if b.platform != "arm/v7" || b.needs != "" || !strings.HasPrefix(b.goes, "go1.") {
		t.Errorf("a static build for arm/v7: got %v", b)
	}
	if err := b.check(limit{"amd64": 1}); err != nil {
		t.Errorf("with a limit on another platform: %v", err)
	}
	if err := b.check(limit{"arm/v7": b.bytes}); err != nil {
		t.Errorf("at its limit: %v", err)
	}
	if err := b.check(limit{"arm/v7": b.bytes - 1}); err == nil || !strings.Contains(err.Error(), ", 1 more than") {
		t.Errorf("one byte over its limit: got error %v, want one that says so", err)
	}
}

// A position-independent executable is loaded by ld.so, which FROM scratch does not have.
func TestNeedsLoader(t *testing.T) {
	b, err := read(build(t, []string{"GOARCH=amd64"}, "-buildmode=pie"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.check(nil); err == nil || !strings.Contains(err.Error(), "a program interpreter") {
		t.Errorf("got error %v, want one that names the program interpreter", err)
	}
}

func TestNotAGoBinary(t *testing.T) {
	for _, path := range []string{"main.go", "absent"} {
		if b, err := read(path); err == nil {
			t.Errorf("%s: got %v, want an error", path, b)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, s := range []string{"", "amd64", "amd64=", "amd64=0", "amd64=-1", "amd64=8.4MB"} {
		if err := (limit{}).Set(s); err == nil {
			t.Errorf("limit %q: got no error", s)
		}
	}
	l := limit{}
	if err := l.Set("arm/v7=12"); err != nil || l["arm/v7"] != 12 {
		t.Errorf("limit arm/v7=12: got %v, %v", l["arm/v7"], err)
	}
}
