package docker_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Dockerfile.example works as it is written, in a checkout where its comments
// have been followed: a server in scratch that becomes healthy, serves, and
// stops without an error.
func TestDockerfileExample(t *testing.T) {
	t.Parallel()
	needEngine(t)
	checkout := t.TempDir()
	if err := os.Mkdir(filepath.Join(checkout, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, binary := range []func() (string, error){drainitBinary, serverBinary} {
		path, err := binary()
		if err != nil {
			t.Fatal(err)
		}
		if err := copyFile(filepath.Join(checkout, "bin", filepath.Base(path)), path); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyFile(filepath.Join(checkout, "Dockerfile"), filepath.Join(top, "Dockerfile.example")); err != nil {
		t.Fatal(err)
	}
	example, err := buildContext(checkout)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := docker(t, "inspect", "--format", "{{.Config.StopSignal}}", example), "SIGTERM"; got != want {
		t.Errorf("STOPSIGNAL %s, want %s", got, want)
	}

	c := start(t, example, publish(serverPort, probePort))
	expectReady(t, c)
	if status, body := get(c.url(serverPort)); status != 200 {
		t.Errorf("the server answers %d %s, want 200", status, body)
	}
	eventually(t, "the container is healthy", func() bool {
		return docker(t, "inspect", "--format", "{{.State.Health.Status}}", c.id) == "healthy"
	})
	c.stop()
	c.expectStatus(0)
}
