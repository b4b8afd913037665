package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// packages are the servers, and the clients that come with them. nginx, Apache, lighttpd, HAProxy and tini are in
// debian-root.sh already.
var packages = []string{
	"gunicorn", "mariadb-client", "mariadb-server", "memcached", "nodejs", "pgbouncer", "php8.2-fpm", "postgresql-15",
	"puma", "redis-server", "ruby-sidekiq", "squid", "unicorn", "uvicorn", "uwsgi-core", "uwsgi-plugin-python3", "varnish",
}

//go:embed image
var imageFiles embed.FS

// images are one Debian with every server in it, three times: as it is, and with each init for its ENTRYPOINT, which is
// all that a user writes.
type images struct{ bare, tini, drainit string }

// buildImages makes them. It takes the Debian root from the cache, or makes that first.
func buildImages(drainit string) (images, error) {
	name := "servers-" + strconv.Itoa(os.Getpid())
	made := images{bare: name + ":bare", tini: name + ":tini", drainit: name + ":drainit"}
	root := exec.Command("test/docker/debian-root.sh", append([]string{name + ":debian", label}, packages...)...)
	if output, err := root.CombinedOutput(); err != nil {
		return images{}, fmt.Errorf("debian-root.sh: %w\n%s", err, output)
	}
	dir, err := os.MkdirTemp("", "servers-")
	if err != nil {
		return images{}, err
	}
	defer os.RemoveAll(dir)
	if err := fillContext(dir, drainit); err != nil {
		return images{}, err
	}
	if err := buildImage(made.bare, dir, "--build-arg", "debian="+name+":debian"); err != nil {
		return images{}, err
	}
	if err := buildEntrypoint(made.tini, made.bare, `["/usr/bin/tini", "--"]`); err != nil {
		return images{}, err
	}
	return made, buildEntrypoint(made.drainit, made.bare, `["/drainit", "--"]`)
}

// fillContext copies what the Dockerfile copies: the embedded files, drainit and the helper.
func fillContext(dir, drainit string) error {
	files, err := fs.Sub(imageFiles, "image")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, files); err != nil {
		return err
	}
	for _, script := range []string{"prepare", "entrypoint", "job"} { // embedding forgets the mode
		if err := os.Chmod(filepath.Join(dir, script), 0o755); err != nil {
			return err
		}
	}
	helper := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "helper"), "./test/servers/helper")
	helper.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := helper.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", helper, err, output)
	}
	binary, err := os.ReadFile(drainit)
	if err != nil {
		return fmt.Errorf("-drainit: %w; make bin/drainit first", err)
	}
	return os.WriteFile(filepath.Join(dir, "drainit"), binary, 0o755)
}

// buildEntrypoint adds the one line of a user's Dockerfile.
func buildEntrypoint(image, from, entrypoint string) error {
	dir, err := os.MkdirTemp("", "servers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	dockerfile := "FROM " + from + "\nENTRYPOINT " + entrypoint + "\n"
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o644); err != nil {
		return err
	}
	return buildImage(image, dir)
}

// buildImage uses the builder that every engine has, without BuildKit.
func buildImage(image, dir string, flags ...string) error {
	args := append([]string{"build", "--network", "none", "--label", label, "--tag", image}, flags...)
	build := exec.Command("docker", append(args, dir)...)
	build.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", build, err, output)
	}
	return nil
}

// versions returns a line of a table for each package of a server, and for tini, as dpkg has them.
func (made images) versions() (string, error) {
	servers := append([]string{"tini", "nginx-light", "apache2", "lighttpd", "haproxy"}, packages...)
	query := []string{"dpkg-query", "--show", "--showformat", `| ${Package} | ${Version} |\n`}
	text, err := docker(slices.Concat([]string{"run", "--rm", "--network", "none", "--label", label, made.bare}, query, servers)...)
	return text + "\n", err
}
