//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const suiteLimit = 15 * time.Minute // of the machine's time

// suites runs the test binaries, each in a directory with its testdata.
func suites() {
	binaries, _ := filepath.Glob("/tests/*/*.test")
	for _, binary := range binaries {
		suite(binary)
	}
}

// version is what drainit calls itself.
func version() string {
	text, _ := os.ReadFile("/tests/version")
	return string(text)
}

func suite(binary string) {
	ctx, cancel := context.WithTimeout(context.Background(), suiteLimit)
	defer cancel()
	args := []string{"-test.v", "-test.short", "-test.timeout=10m"}
	if skip, err := os.ReadFile(filepath.Join(filepath.Dir(binary), "skip")); err == nil {
		args = append(args, "-test.skip="+strings.TrimSpace(string(skip)))
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir, cmd.Env = filepath.Dir(binary), append(os.Environ(), "TESTED_DRAINIT=/drainit", "TESTED_VERSION="+version())
	cmd.WaitDelay = time.Second
	began := time.Now()
	out, err := cmd.CombinedOutput()
	name := strings.TrimSuffix(filepath.Base(binary), ".test")
	pass, fail, skip := tally(string(out))
	if err != nil && fail == 0 {
		fail = 1
	}
	if fail > 0 {
		fmt.Printf("%s: %v\n%s\n", name, err, withoutGood(string(out)))
	}
	for _, reason := range skipped(string(out)) {
		fmt.Printf("@skipped %s %s\n", name, reason)
	}
	fmt.Printf("%s took %v of the machine's time\n", name, time.Since(began).Round(time.Second/10))
	fmt.Printf("@suite %s pass=%d fail=%d skip=%d\n", name, pass, fail, skip)
}

// withoutGood is the output less its lines about what is under way or passed.
func withoutGood(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if l := strings.TrimSpace(line); !strings.HasPrefix(l, "=== ") && !strings.HasPrefix(l, "--- PASS") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// tally counts the tests, without their subtests.
func tally(out string) (pass, fail, skip int) {
	for line := range strings.Lines(out) {
		switch {
		case strings.HasPrefix(line, "--- PASS"):
			pass++
		case strings.HasPrefix(line, "--- FAIL"):
			fail++
		case strings.HasPrefix(line, "--- SKIP"):
			skip++
		}
	}
	return pass, fail, skip
}

// skipped returns each test and subtest that was skipped, with what it said last.
func skipped(out string) []string {
	var list []string
	said := map[string]string{}
	running := ""
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "=== "); ok {
			_, running, _ = strings.Cut(rest, " ") // RUN, CONT or NAME
			running = strings.TrimSpace(running)
		} else if name, ok := strings.CutPrefix(line, "--- SKIP: "); ok {
			name, _, _ = strings.Cut(name, " ")
			list = append(list, name+": "+said[name])
		} else if !strings.HasPrefix(line, "--- ") {
			said[running] = line
		}
	}
	return list
}
