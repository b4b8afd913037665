// Package peers_test plays the stories of tini's and dumb-init's own test
// suites, and harder ones, to drainit and, where it is installed, to tini: what
// tini does right drainit must do right too.
//
// Everything is a real process in a PID namespace of its own, so that whatever
// goes wrong ends with it. The test binary makes the namespace and plays the
// children. What needs a container engine is in test/docker; what drainit
// alone promises is in cmd/drainit.
package peers_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rolePrefix in the first argument says that the test binary is to be something
// else than the tests.
const rolePrefix = "role:"

var binary string // the drainit under test

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], rolePrefix) {
		os.Exit(play(strings.TrimPrefix(os.Args[1], rolePrefix), os.Args[2:]))
	}
	os.Exit(buildAndRun(m))
}

// buildAndRun builds drainit as the Makefile does.
func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "drainit-peers")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	_ = os.Chmod(dir, 0o755) // some stories have another user execute it
	binary = filepath.Join(dir, "drainit")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "nethttpomithttp2,purego", "-gcflags=all=-l", "-gcflags=runtime=",
		"-ldflags", "-s -w -X drainit/internal/version.Version=test", "-o", binary, "./cmd/drainit")
	build.Dir = "../.."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
