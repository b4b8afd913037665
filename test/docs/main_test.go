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
	"time"
)

// root is the checkout, seen from this package's directory.
const root = "../.."

// binary is the drainit that is asked. TestMain sets it, nobody else.
var binary string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case roleProgram:
			playProgram()
		case roleLeaving:
			playLeaving()
		case roleLeftover:
			playLeftover()
		}
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
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags=nethttpomithttp2,purego", "-gcflags=all=-l", "-gcflags=runtime=", "-o", binary, "./cmd/drainit")
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
	select {
	case <-stop:
	case <-time.After(3 * patience): // whoever started it was killed, and cannot end it
	}
	os.Exit(0)
}

// roleLeaving is roleProgram, but for what it leaves behind: a process that
// ignores SIGTERM, roleLeftover.
const (
	roleLeaving  = "docs-test-leaving"
	roleLeftover = "docs-test-leftover"
)

func playLeaving() {
	left := exec.Command(os.Args[0], roleLeftover)
	ignoring, err := left.StdoutPipe()
	if err == nil {
		err = left.Start()
	}
	if err == nil {
		_, err = ignoring.Read(make([]byte, 1))
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	playProgram()
}

// playLeftover ends by itself where nobody ends it.
func playLeftover() {
	signal.Ignore(syscall.SIGTERM)
	fmt.Println("ignoring")
	time.Sleep(patience)
	os.Exit(0)
}
