package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// find returns the absolute paths of the programs to run. A server that is not
// given is built into dir.
func (s settings) find(ctx context.Context, dir string) (binaries, error) {
	self, err := os.Executable()
	if err != nil {
		return binaries{}, err
	}
	b := binaries{self: self}
	if b.server, err = s.findServer(ctx, dir); err != nil {
		return b, err
	}
	for _, c := range s.cells() {
		if c.underDrainit() {
			b.drainit, err = executable(s.drainit, "go build -o bin/drainit ./cmd/drainit")
			return b, err
		}
	}
	return b, nil
}

func (s settings) findServer(ctx context.Context, dir string) (string, error) {
	if s.server != "" {
		return executable(s.server, "go build -o "+s.server+" ./examples/server")
	}
	path := filepath.Join(dir, "server")
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "drainit/examples/server")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the example server: %w: %s", err, out)
	}
	return path, nil
}

// executable returns the absolute path of a program, or an error that says how
// it is made.
func executable(path, remedy string) (string, error) {
	if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
		return "", fmt.Errorf("no program at %s; %s makes it", path, remedy)
	}
	return filepath.Abs(path)
}
