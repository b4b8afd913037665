package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// image is a Debian with the balancers and the inits of its own packages, and drainit and the example server beside
// them. It has no ENTRYPOINT: each cell says its whole command.
var image = run + ":all"

const dockerfile = `
ARG debian
FROM $debian
COPY drainit server /
`

// buildImage makes the image. The Debian root comes from the cache, or is made first.
func buildImage(drainit, server string) error {
	debian := run + ":debian"
	root := exec.Command("test/docker/debian-root.sh", debian, label, "dumb-init", "catatonit")
	if text, err := root.CombinedOutput(); err != nil {
		return fmt.Errorf("debian-root.sh: %w\n%s", err, text)
	}
	dir, err := os.MkdirTemp("", "platforms-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for name, path := range map[string]string{"drainit": drainit, "server": server} {
		binary, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("-%s: %w; make bin/%s first", name, err, name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), binary, 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o644); err != nil {
		return err
	}
	// The builder that every engine has, without BuildKit.
	build := exec.Command("docker", "build", "--network", "none", "--label", label, "--tag", image,
		"--build-arg", "debian="+debian, dir)
	build.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	_, err = output(build)
	return err
}

// versions is a line for each package that is measured, as dpkg has them.
func versions() ([][]string, error) {
	text, err := docker("run", "--rm", "--network", "none", "--label", label, image, "dpkg-query", "--show",
		"--showformat", "${Package} ${Version}\n", "catatonit", "dumb-init", "haproxy", "nginx-light", "tini")
	rows := [][]string{{"package", "version"}}
	for line := range strings.Lines(text) {
		rows = append(rows, strings.Fields(line))
	}
	return rows, err
}
