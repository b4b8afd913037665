// Command bench measures what drainit costs next to the other inits installed here: size, start-up, exit and idle.
//
// It decides how things are measured, so that a number means something on a noisy machine: every init is PID 1 of a
// namespace of its own, all take turns in random order within one run, and times are given as a ratio, over what the
// program costs without any init. It judges nothing: limits belong to make size and the tests.
//
//	go run ./test/bench [-o docs/benchmarks.md] [-rounds 240] [-idle 1m] [-drainit bin/drainit]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == stageArg {
		fail(stage(os.Args[2:]))
	}
	out := flag.String("o", "", "`file` to write the report to, besides standard output")
	drainit := flag.String("drainit", "bin/drainit", "the drainit to measure")
	rounds := flag.Int("rounds", 240, fmt.Sprintf("turns of each init, in %d blocks", blocks))
	idle := flag.Duration("idle", time.Minute, "how long to count wake-ups")
	flag.Parse()
	if *rounds < blocks {
		fail(fmt.Errorf("-rounds %d: want at least %d, one for each block", *rounds, blocks))
	}

	if os.Getenv(apartVariable) == "" {
		fail(apart())
		return
	}
	fail(bench(*drainit, *out, *rounds, *idle))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench measures everything and prints the report.
func bench(drainit, out string, rounds int, idle time.Duration) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	child, err := buildChild(dir)
	if err != nil {
		return err
	}
	inits, err := installed(drainit)
	if err != nil {
		return err
	}

	r := report{inits: inits, idle: idle, rounds: rounds}
	if r.sizes, err = sizes(inits); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "start-up and exit: %d rounds\n", rounds)
	if r.turns, err = takeTurns(inits, child, rounds); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "idle: %s\n", idle)
	if r.idles, err = watchIdle(inits, child, idle); err != nil {
		return err
	}

	text := r.markdown()
	fmt.Print(text)
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}

// buildChild builds the child without cgo: a static program starts the fastest and needs nothing of the image.
func buildChild(dir string) (string, error) {
	path := filepath.Join(dir, "child")
	cmd := exec.Command("go", "build", "-o", path, "drainit/test/bench/child")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the child: %w\n%s", err, text)
	}
	return path, nil
}
