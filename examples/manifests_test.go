// Package examples holds the manifests to the figures that have to fit together.
package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// figure finds the values that a key has in a file, quoted or not.
func figure(t *testing.T, path, pattern string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, match := range regexp.MustCompile(`(?m)^[^#\n]*`+pattern).FindAllStringSubmatch(string(text), -1) {
		values = append(values, match[1])
	}
	return values
}

// only is the one value of a key.
func only(t *testing.T, path, pattern string) string {
	t.Helper()
	values := figure(t, path, pattern)
	if len(values) != 1 {
		t.Fatalf("%s: %s has the values %q, want one", path, pattern, values)
	}
	return values[0]
}

func TestKubernetesFiguresFit(t *testing.T) {
	paths, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil || len(paths) != 2 {
		t.Fatalf("manifests %q, error %v, want two", paths, err)
	}
	for _, path := range paths {
		grace := only(t, path, `terminationGracePeriodSeconds: (\d+)`)
		told := only(t, path, `DRAINIT_GRACE_PERIOD\b.*\n\s+value: "(\w+)"`)
		if told != grace+"s" {
			t.Errorf("%s: DRAINIT_GRACE_PERIOD %q beside terminationGracePeriodSeconds %s, want the same", path, told, grace)
		}
		if port := only(t, path, `name: drainit[^\n]*\n\s+containerPort: (\d+)`); port != "10143" {
			t.Errorf("%s: drainit's port is %s, want its default, 10143", path, port)
		}
		if got := only(t, path, `maxUnavailable: (\d+)`); got != "0" {
			t.Errorf("%s: maxUnavailable %s, want 0", path, got)
		}
		if got := figure(t, path, `httpGet: \{path: (\S+), port: drainit\}`); len(got) != 2 || got[0] != "/readyz" || got[1] != "/livez" {
			t.Errorf("%s: probes %q, want /readyz and /livez on drainit's port", path, got)
		}
	}
}

func TestComposeFiguresFit(t *testing.T) {
	const path = "docker/compose.yaml"
	name := only(t, path, `x-grace-period: &(\S+)`)
	for _, key := range []string{"stop_grace_period", "DRAINIT_GRACE_PERIOD"} {
		if got := only(t, path, key+`: \*(\S+)`); got != name {
			t.Errorf("%s: %s is *%s, want *%s", path, key, got, name)
		}
	}
}
