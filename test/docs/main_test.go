// Package docs_test holds the documents against the program: what -h, a scrape,
// /drain, the log and the tables of internal/ say must stand in the README and
// the manual, and nothing else that looks like it. It decides nothing about the
// program; where the two differ, either may be wrong.
package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// root is the checkout, seen from this package's directory.
const root = "../.."

// binary is the drainit that is asked. TestMain sets it, nobody else.
var binary string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == roleProgram {
		playProgram()
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "drainit-docs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "drainit")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags=nethttpomithttp2,purego", "-gcflags=all=-l", "-o", binary, "./cmd/drainit")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n%s", build, err, output)
		return 1
	}
	return m.Run()
}

// roleProgram is this test binary as the program under drainit: it says ready
// and ends on SIGTERM. Like every Go program it catches all signals.
const roleProgram = "docs-test-program"

func playProgram() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	fmt.Println("ready")
	<-stop
	os.Exit(0)
}
