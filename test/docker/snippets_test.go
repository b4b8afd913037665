package docker_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var dockerfileBlock = regexp.MustCompile("(?ms)^```dockerfile\n(.*?)^```$")

// The lines of a Dockerfile that the guides and the manual show work as they are written, after those that put drainit
// and a program into an image: the container gets healthy where they check that, and its program ends by its signal.
func TestDockerfileLinesOfTheDocuments(t *testing.T) {
	t.Parallel()
	needEngine(t)
	guides, _ := filepath.Glob(filepath.Join(top, "docs/guides/*.md"))
	pages, _ := filepath.Glob(filepath.Join(top, "docs/*.md"))
	found := map[string]bool{}
	for _, path := range append(guides, pages...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range dockerfileBlock.FindAllStringSubmatch(string(text), -1) {
			lines := m[1]
			if found[lines] || strings.Contains(lines, "FROM ") {
				continue
			}
			found[lines] = true
			t.Run(filepath.Base(path), func(t *testing.T) {
				if strings.Contains(lines, `"ctl", "ready"`) {
					lines += "ENV DRAINIT_PORTS=none\n" // the helper has none
				}
				if !strings.Contains(lines, "ENTRYPOINT") {
					lines += "ENTRYPOINT [\"/drainit\", \"--\"]\n"
				}
				lines = strings.Replace(lines, "--interval=10s", "--interval=1s", 1) // of the check: not to wait for it
				c := startReady(t, newImage(t, "FROM scratch\nCOPY drainit helper /\n"+lines+"CMD [\"/helper\", \"pause\"]\n", nil), nil)
				if strings.Contains(lines, "HEALTHCHECK") {
					eventually(t, "the container is healthy", func() bool {
						return docker(t, "inspect", "--format", "{{.State.Health.Status}}", c.id) == "healthy"
					})
				}
				c.stop()
				c.expectStatus(143) // the helper ends by its signal
			})
		}
	}
	if len(found) == 0 {
		t.Error("no lines were found")
	}
}
