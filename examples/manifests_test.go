// Package examples holds the manifests to the figures that have to fit together.
package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"drainit/internal/drain"
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

// The sidecar's manifests tell both containers the same, but for the names and
// ports, and the figures in their comments are those of the plan.
func TestSidecarFiguresFit(t *testing.T) {
	const compose, kubernetes = "sidecar/compose.yaml", "sidecar/kubernetes.yaml"
	for _, path := range []string{compose, kubernetes} {
		if got := only(t, path, `DRAINIT_STOP_ORDER: "?([a-z,]+)`); got != "app,proxy" {
			t.Errorf("%s: order %s, want app,proxy", path, got)
		}
		if got := only(t, path, `DRAINIT_PROBE_ADDR[^\n]*"(:\d+)"`); got != ":10144" {
			t.Errorf("%s: the proxy's probes on %s, want :10144", path, got)
		}
		if names := figure(t, path, `DRAINIT_NAME(?:: |, value: ")(\w+)`); len(names) != 2 || names[0] == names[1] {
			t.Errorf("%s: names %q, want app and proxy", path, names)
		}
		settings := drain.Settings{GracePeriod: 30 * time.Second, Order: []string{"app", "proxy"}}
		app, _ := settings.At("app").Plan()
		proxy, problems := settings.At("proxy").Plan()
		if app.Delay != 5*time.Second || app.Deadline != 23*time.Second || proxy.Latest() != 23*time.Second || proxy.Deadline != 28*time.Second || problems != nil {
			t.Errorf("the plans are %+v and %+v, %v, want 5s, 23s, 23s and 28s as in %s", app, proxy, problems, path)
		}
	}
	if got := only(t, compose, `network_mode: "([^"]+)"`); got != "service:proxy" {
		t.Errorf("%s: network_mode %s, want the app in the proxy's", compose, got)
	}
	if grace, told := only(t, kubernetes, `terminationGracePeriodSeconds: (\d+)`), only(t, kubernetes, `DRAINIT_GRACE_PERIOD: "(\w+)"`); told != grace+"s" {
		t.Errorf("%s: DRAINIT_GRACE_PERIOD %q beside terminationGracePeriodSeconds %s, want the same", kubernetes, told, grace)
	}
}
