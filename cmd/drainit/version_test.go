package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// What go build and go install make in a checkout names its commit, and says
// where files had been changed. What make builds says make's version: see
// TestCtlInstalledRuns.
func TestVersionOfACheckout(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("git: %v", err)
	}
	checkout, bin := committed(t), t.TempDir()
	// The flags of what is built anyway, so that little is compiled again.
	env := []string{"GOBIN=" + bin, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=true -trimpath -tags=nethttpomithttp2,purego -gcflags=all=-l -gcflags=runtime="}
	commit := runIn(t, checkout, nil, "git", "rev-parse", "--short=12", "HEAD")[:12]

	runIn(t, checkout, env, "go", "install", "./cmd/drainit")
	wantVersion(t, filepath.Join(bin, "drainit"), `v0\.0\.0-[0-9]{14}-`+commit)

	if err := os.WriteFile(filepath.Join(checkout, "go.sum"), append(mustRead(t, "../../go.sum"), '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	runIn(t, checkout, env, "go", "build", "./cmd/drainit")
	wantVersion(t, filepath.Join(checkout, "drainit"), `v0\.0\.0-[0-9]{14}-`+commit+`\+dirty`)
}

// committed returns a repository with one commit: what is built, as it is here.
func committed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"cmd", "internal"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS("../../"+name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join(dir, name), mustRead(t, "../../"+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runIn(t, dir, nil, "git", "init", "--quiet")
	runIn(t, dir, nil, "git", "add", ".")
	runIn(t, dir, nil, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "all")
	return dir
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// runIn runs a command in a directory, with more variables, and returns what it
// wrote.
func runIn(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, output)
	}
	return string(output)
}

func wantVersion(t *testing.T, drainit, version string) {
	t.Helper()
	line := runIn(t, t.TempDir(), nil, drainit, "--version")
	if !regexp.MustCompile(`^drainit ` + version + ` \(go`).MatchString(line) {
		t.Errorf("got %q, want version %s", line, version)
	}
}
