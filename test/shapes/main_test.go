// Package shapes_test stops the entrypoints that people write: shells, wrappers,
// pipelines and background jobs around real servers, under drainit, and beside
// it under tini, which drainit must never be worse than.
//
// Each row is a container of its own, made of namespaces in a Debian root that is
// kept under .cache; no engine is needed. What the commands of a row did, and in
// which order, they write into a diary; what a client got of a download that was
// under way at the stop is counted. shape_test.go says what a row is.
package shapes_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// top is the top of the checkout, seen from this package's directory.
const top = "../.."

var bin string // drainit, the helper and its links: /t/bin in every container

// At a time sixteen rows run, however few processors there are: they mostly wait.
func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "16")
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "drainit-shapes")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	_ = os.Chmod(dir, 0o755) // some rows have another user execute it
	bin = dir
	if err := fill(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// fill builds what goes to /t/bin.
func fill() error {
	for _, command := range []string{"./cmd/drainit", "./test/shapes/helper"} {
		if err := build(command); err != nil {
			return err
		}
	}
	for _, link := range []string{"contain", "mark", "serve", "session", "java", "job"} {
		if err := os.Symlink("helper", filepath.Join(bin, link)); err != nil {
			return err
		}
	}
	table := filepath.Join(bin, "table") // of programs: a server that drains on SIGQUIT
	if err := os.Mkdir(table, 0o755); err != nil {
		return err
	}
	if extra := os.Getenv("ADV_EXTRA"); extra != "" {
		if out, err := exec.Command("cp", "-a", extra+"/.", bin).CombinedOutput(); err != nil {
			return fmt.Errorf("%s", out)
		}
	}
	return os.Symlink("../helper", filepath.Join(table, "nginx"))
}

// build compiles a command of this module as the Makefile does.
func build(command string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "nethttpomithttp2,purego", "-gcflags=all=-l", "-gcflags=runtime=",
		"-ldflags", "-s -w -X drainit/internal/version.Version=test", "-o", filepath.Join(bin, filepath.Base(command)), command)
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}
