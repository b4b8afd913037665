package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tested are the packages whose tests run in a machine: of internal all that have any, but front, whose tests are of its
// bytes and its load. The command's run with -tests drainit.
var tested = []string{"config", "conns", "ctl", "drain", "fifo", "freeport", "frontproc", "idle", "look", "observe",
	"peers", "pod", "probe", "proc", "process", "reaper", "report", "signals", "supervisor"}

// directoryOf is a package's: drainit is the command, whose tests run it as PID 1 of namespaces.
func directoryOf(name string) string {
	if name == "drainit" {
		return "cmd/drainit"
	}
	return "internal/" + name
}

// A built is what was built for a machine.
type built struct {
	drainit, guest string
	tests          map[string]string // files, by package
}

// build builds drainit, the guest and the test binaries as the Makefile builds drainit.
func (l *lab) build(ctx context.Context, m machine) (built, error) {
	out := filepath.Join(l.work, m.platform())
	b := built{drainit: l.top + "/bin/drainit-linux-" + m.platform(), guest: out + "/guest", tests: map[string]string{}}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return b, err
	}
	if _, err := command(ctx, l.top, nil, "make", "--no-print-directory", "VERSION="+l.version, "bin/drainit-linux-"+m.platform()); err != nil {
		return b, err
	}
	flags, err := productFlags(l.top)
	if err != nil {
		return b, err
	}
	env := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + m.goarch, "GOARM=" + m.goarm, "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=", "GOFLAGS=-mod=readonly"}
	flags = append(flags, "-ldflags=-s -w")
	if _, err := command(ctx, l.top, env, append(append([]string{"go", "build"}, flags...), "-o", b.guest, "./test/vm/guest")...); err != nil {
		return b, err
	}
	if l.packages[0] == "none" {
		return b, nil
	}
	build := append([]string{"go", "test", "-c"}, flags...)
	build = append(build, "-o", out+"/")
	for _, p := range l.packages {
		build = append(build, "./"+directoryOf(p))
		b.tests[p] = filepath.Join(out, p+".test")
	}
	_, err = command(ctx, l.top, env, build...)
	return b, err
}

// productFlags are FLAGS of the Makefile.
func productFlags(top string) ([]string, error) {
	text, err := os.ReadFile(top + "/Makefile")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if flags, ok := strings.CutPrefix(line, "FLAGS     := "); ok {
			return strings.Fields(flags), nil
		}
	}
	return nil, errors.New("no FLAGS in the Makefile")
}

// command runs a command in a directory, with more variables, and returns its standard output.
func command(ctx context.Context, dir string, env []string, argv ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(argv[:min(3, len(argv))], " "), err)
	}
	return out, nil
}
