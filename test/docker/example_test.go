package docker_test

import (
	"path/filepath"
	"testing"
)

// Dockerfile.example works as it is written, in a checkout where its comments
// have been followed: a server in scratch that becomes healthy, serves, and
// stops without an error.
func TestDockerfileExample(t *testing.T) {
	t.Parallel()
	needEngine(t)
	checkout := makeBuild(t)
	example := buildRecipe(t, filepath.Join(checkout, "Dockerfile.example"), checkout)
	expectExample(t, example)
	expectBytes(t, example, checkout)
}

// expectExample runs the image of a recipe: the example server becomes healthy,
// answers, and stops without an error.
func expectExample(t *testing.T, example string) {
	t.Helper()
	if got, want := docker(t, "inspect", "--format", "{{.Config.StopSignal}}", example), "SIGTERM"; got != want {
		t.Errorf("STOPSIGNAL %s, want %s", got, want)
	}

	c := start(t, example, append(publish(serverPort, probePort), "--health-interval", "1s"))
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
