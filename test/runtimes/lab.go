package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"drainit/test/debianroot"
)

// A lab has what all rooms need: the roots, and what is in containers.
type lab struct {
	roots   debianroot.Roots
	work    string
	version string // drainit's
}

// newLab builds drainit and the guest. top is the top of the checkout.
func newLab(ctx context.Context, top string) (*lab, error) {
	top, err := filepath.Abs(top)
	if err != nil {
		return nil, err
	}
	cache := filepath.Join(top, ".cache/runtimes")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	l := &lab{roots: debianroot.Roots{Dir: cache}}
	if l.work, err = os.MkdirTemp(cache, "work-"); err != nil {
		return nil, err
	}
	tree := l.tree()
	for _, dir := range []string{"proc", "sys", "dev", "tmp", "run", "usr", "etc", "var"} {
		if err := os.MkdirAll(filepath.Join(tree, dir), 0o755); err != nil {
			return nil, err
		}
	}
	for _, argv := range [][]string{
		{"make", "--no-print-directory", "-s", "bin/drainit"},
		{"cp", "bin/drainit", "examples/kubernetes/deployment.yaml", tree},
		{"env", "CGO_ENABLED=0", "go", "build", "-o", tree + "/guest", "./test/runtimes/guest"},
	} {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir = top
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, out)
		}
	}
	out, err := exec.CommandContext(ctx, tree+"/drainit", "--version").Output()
	l.version, _, _ = strings.Cut(strings.TrimPrefix(string(out), "drainit "), " ")
	return l, err
}

func (l *lab) tree() string { return filepath.Join(l.work, "tree") }

func (l *lab) close() { os.RemoveAll(l.work) }

// try tries a runtime in a room of its own.
func (l *lab) try(ctx context.Context, r runtime, tried []string, verbose bool) record {
	var lower, version string
	var err error
	if r.suite != "" {
		lower, version, err = l.roots.Root(r.suite, r.packages)
		version = fmt.Sprintf("%s %s (%s)", r.packages[0], version, r.suite)
	} else {
		version, err = machineVersion()
	}
	if err != nil {
		return record{Runtime: r.name, Failed: err.Error()}
	}
	rec := l.tryOver(ctx, lower, r, tried, verbose)
	rec.Version = version
	return rec
}

// tryOver is try with a root that is there.
func (l *lab) tryOver(ctx context.Context, lower string, r runtime, tried []string, verbose bool) record {
	of := room{Lower: lower, Tree: l.tree(), Runtime: r.name, Features: tried, Verbose: verbose, Cgroup: fmt.Sprintf("drainit-runtimes-%d-%d", os.Getpid(), slices.Index(names(), r.name))}
	res, err := of.play(ctx)
	rec := record{Runtime: r.name, Date: time.Now().UTC().Format(time.DateOnly), Drainit: l.version, Cells: res.Cells, Seconds: int(res.Took.Seconds())}
	if err != nil {
		rec.Failed = err.Error()
	}
	return rec
}

// machineVersion is that of the machine's Docker.
func machineVersion() (string, error) {
	out, err := exec.Command("docker", "version", "--format", "Docker {{.Server.Version}}").Output()
	return strings.TrimSpace(string(out)), err
}
