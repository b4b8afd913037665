// Package release_test makes a release of two platforms, this machine's and one other, and has it taken by those it is
// made for: dpkg, rpm, podman and skopeo in a Debian root that is kept under .cache, and Docker. What is installed or
// mounted is run. Debian has no apk, so that one is read as apk reads it, by its format.
package release_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"drainit/test/debianroot"
)

// top is the top of the checkout, seen from this package's directory.
const top = "../.."

// version has what versions need to be translated, and is no tag as it is.
const version = "0.1.0-dev+0123456789ab"

const tag = "0.1.0-dev-0123456789ab"

func TestMain(m *testing.M) {
	status := m.Run()
	_ = os.RemoveAll(workshop())
	os.Exit(status)
}

var workshop = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "drainit-release-")
	if err != nil {
		panic(err)
	}
	return dir
})

// made is the directory of a release, made once for all tests.
var made = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(workshop(), "dist")
	cmd := exec.Command("make", "release", "DIST="+dir, "VERSION="+version, "SOURCE_DATE_EPOCH=1700000000",
		"PLATFORMS="+runtime.GOARCH+" "+other)
	cmd.Dir = top
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("make release: %w\n%s", err, out)
	}
	return dir, nil
})

// other is a platform that is not this machine's, and that each format has a name of its own for.
const other = "arm-v7"

func release(t *testing.T) string {
	t.Helper()
	dir, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// unpacked is the Debian root with those that take a release in it.
var unpacked = sync.OnceValues(func() (string, error) {
	tar, err := debianroot.Tar(top, "@tools")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(workshop(), "debian")
	if err := os.Chmod(workshop(), 0o755); err != nil {
		return "", err
	}
	return dir, debianroot.Unpack(tar, dir)
})

// inDebian runs a shell script in a Debian of its own, with the release at /dist, and returns what it wrote to standard
// output. What it installs is gone afterwards. The reasons to skip are in no list of those allowed: CI runs as root.
func inDebian(t *testing.T, script string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("packages: namespaces and a Debian root take root")
	}
	if _, err := exec.LookPath("debootstrap"); err != nil {
		t.Skip("packages: a Debian root takes debootstrap")
	}
	dist := release(t)
	root, err := unpacked()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", "--mount", "--pid", "--fork", "--kill-child", "./inside.sh", root, dist, t.TempDir(), script)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, &stderr)
	}
	return string(out)
}

// only returns the one file that a pattern matches.
func only(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(release(t), pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s matches %q (%v), want one file", pattern, found, err)
	}
	return found[0]
}

// expectLines compares what a script said.
func expectLines(t *testing.T, got string, want ...string) {
	t.Helper()
	if got != strings.Join(want, "\n")+"\n" {
		t.Errorf("got\n%swant\n%s", got, strings.Join(want, "\n"))
	}
}

// says is the answer to --version of the drainit in the release.
func says() string {
	return fmt.Sprintf("drainit %s (%s linux/%s)", version, runtime.Version(), runtime.GOARCH)
}
