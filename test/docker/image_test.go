package docker_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// top is the top of the checkout, seen from this package's directory.
const top = "../.."

// The programs that go into the images, built as the Makefile builds what is
// shipped: static, and with its tags.
var (
	drainitBinary = sync.OnceValues(func() (string, error) { return build("./cmd/drainit") })
	helperBinary  = sync.OnceValues(func() (string, error) { return build("./test/docker/helper") })
)

// build compiles a command of this module and returns the path of the binary.
func build(command string) (string, error) {
	path := filepath.Join(workshop(), filepath.Base(command))
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "nethttpomithttp2,purego", "-gcflags=all=-l", "-gcflags=runtime=",
		"-ldflags", "-s -w", "-o", path, command)
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, output)
	}
	return path, nil
}

// scratchImage is what most tests run: nothing but drainit and the helper.
var scratchImage = sync.OnceValues(func() (string, error) {
	return buildImage(`
		FROM scratch
		COPY drainit helper /
		ENTRYPOINT ["/drainit", "--"]
		CMD ["/helper", "pause"]`, nil)
})

// debianImage is a Debian with tini and the servers of debian-root.sh, before
// anybody has put drainit into it.
var debianImage = sync.OnceValues(func() (string, error) {
	image := imageName()
	output, err := exec.Command("./debian-root.sh", image, runLabel(), "@servers").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("debian-root.sh: %w\n%s", err, output)
	}
	return image, nil
})

// image returns one of the shared images, and skips the test without an engine.
func image(t *testing.T, shared func() (string, error)) string {
	t.Helper()
	needEngine(t)
	name, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// newImage builds an image of this test's own, from Dockerfile lines as users
// write them. In the build context are drainit, the helper, and the files,
// name and content, all executable.
func newImage(t *testing.T, dockerfile string, files map[string]string) string {
	t.Helper()
	needEngine(t)
	name, err := buildImage(dockerfile, files)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

var from = regexp.MustCompile(`(?m)^\s*FROM .*$`)

// buildImage does the work of newImage.
func buildImage(dockerfile string, files map[string]string) (string, error) {
	dir, err := os.MkdirTemp(workshop(), "context-")
	if err != nil {
		return "", err
	}
	for _, binary := range []func() (string, error){drainitBinary, helperBinary} {
		path, err := binary()
		if err != nil {
			return "", err
		}
		if err := copyFile(filepath.Join(dir, filepath.Base(path)), path); err != nil {
			return "", err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			return "", err
		}
	}
	// The label is on every layer, for a build may be interrupted.
	dockerfile = from.ReplaceAllString(dockerfile, "$0\nLABEL "+runLabel())
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o644); err != nil {
		return "", err
	}
	return buildContext(dir)
}

// buildContext builds the image of a directory that has a Dockerfile. It is
// the builder that every engine has, without BuildKit.
func buildContext(dir string) (string, error) {
	name := imageName()
	cmd := exec.Command("docker", "build", "--network", "none", "--label", runLabel(), "--tag", name, dir)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, output)
	}
	return name, nil
}

// imagesNamed counts the images of this run.
var imagesNamed atomic.Int64

// imageName returns a name that no image has.
func imageName() string {
	return "drainit-test-" + strconv.Itoa(os.Getpid()) + ":" + strconv.FormatInt(imagesNamed.Add(1), 10)
}

// copyFile copies a program, which stays executable.
func copyFile(to, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	copied, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(copied, source); err != nil {
		copied.Close()
		return err
	}
	return copied.Close()
}
