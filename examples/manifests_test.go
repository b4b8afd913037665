// Package examples holds the manifests to the figures that have to fit together.
package examples

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
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

// Compose and Swarm name the one number once, by an anchor.
func TestComposeFiguresFit(t *testing.T) {
	for _, path := range []string{"docker/compose.yaml", "swarm/stack.yaml"} {
		name := only(t, path, `x-grace-period: &(\S+)`)
		for _, key := range []string{"stop_grace_period", "DRAINIT_GRACE_PERIOD"} {
			if got := only(t, path, key+`: \*(\S+)`); got != name {
				t.Errorf("%s: %s is *%s, want *%s", path, key, got, name)
			}
		}
	}
	if got, want := only(t, "swarm/stack.yaml", `DRAINIT_LIVE_CHECK: (\S+)`), "tcp://127.0.0.1:"+only(t, "swarm/stack.yaml", `"8080:(\d+)"`); got != want {
		t.Errorf("Swarm routes to a task when %s accepts, want %s, the port that is published", got, want)
	}
}

// Where the number stands twice it is the same.
func TestOtherPlatformsFiguresFit(t *testing.T) {
	for _, platform := range []struct{ path, its, told string }{
		{"ecs/task-definition.json", `"stopTimeout": (\d+)`, `"DRAINIT_GRACE_PERIOD", "value": "(\w+)"`},
		{"nomad/server.nomad.hcl", `kill_timeout = "(\d+)s"`, `DRAINIT_GRACE_PERIOD = "(\w+)"`},
		{"fly/fly.toml", `kill_timeout = (\d+)`, `DRAINIT_GRACE_PERIOD = "(\w+)"`},
		{"systemd/example-server.service", `TimeoutStopSec=(\d+)`, `DRAINIT_GRACE_PERIOD=(\w+)`},
	} {
		its, told := only(t, platform.path, platform.its), only(t, platform.path, platform.told)
		if told != its+"s" {
			t.Errorf("%s: DRAINIT_GRACE_PERIOD %q beside %s, want the same", platform.path, told, its)
		}
	}
}

// The Dockerfiles that the manifests name are there: Compose looks from its
// context, which is the root, and flyctl from where fly.toml is.
func TestDockerfilesAreThere(t *testing.T) {
	context := only(t, "docker/compose.yaml", `context: (\S+)`)
	for _, path := range []string{
		filepath.Join("docker", context, only(t, "docker/compose.yaml", `dockerfile: (\S+)`)),
		filepath.Join("fly", only(t, "fly/fly.toml", `dockerfile = "(\S+)"`)),
	} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
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

// The job and its proxy are told the same, and the proxy ends with the job.
func TestJobFiguresFit(t *testing.T) {
	const path = "sidecar/job.yaml"
	grace := only(t, path, `terminationGracePeriodSeconds: (\d+)`) + "s"
	for _, figure := range []struct {
		want, got []string
	}{
		{[]string{"job", "proxy"}, figure(t, path, `DRAINIT_NAME, value: "(\w+)"`)},
		{[]string{"job,proxy", "job,proxy"}, figure(t, path, `DRAINIT_STOP_ORDER, value: "([a-z,]+)"`)},
		{[]string{grace, grace}, figure(t, path, `DRAINIT_GRACE_PERIOD, value: "(\w+)"`)},
		{[]string{"job"}, figure(t, path, `"--exit-with", "(\w+)"`)},
		{[]string{":10144"}, figure(t, path, `DRAINIT_PROBE_ADDR, value: "(:\d+)"`)},
	} {
		if !slices.Equal(figure.got, figure.want) {
			t.Errorf("%s: got %q, want %q", path, figure.got, figure.want)
		}
	}
}

// A hold that a manifest gives is one that fits its grace period.
func TestHoldsFit(t *testing.T) {
	paths, err := filepath.Glob("*/*.*")
	if err != nil {
		t.Fatal(err)
	}
	holds := 0
	for _, path := range paths {
		if filepath.Ext(path) == ".go" {
			continue
		}
		for _, hold := range figure(t, path, `DRAINIT_DRAIN_DELAY\b[^\n]*?(\d+)s`) {
			holds++
			grace := seconds(t, strings.TrimSuffix(only(t, path, `DRAINIT_GRACE_PERIOD\b[^\n]*?(\d+s)`), "s"))
			settings := drain.Settings{GracePeriod: grace, Delay: seconds(t, hold), DelayGiven: true}
			if _, problems := settings.Plan(); len(problems) > 0 {
				t.Errorf("%s: a hold of %ss with a grace period of %v: %v", path, hold, grace, problems)
			}
		}
	}
	if holds == 0 {
		t.Error("no manifest gives a hold: has their form changed?")
	}
}

func seconds(t *testing.T, text string) time.Duration {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

// ECS reads JSON, and its one container is drainit's, with both ports.
func TestTaskDefinition(t *testing.T) {
	text, err := os.ReadFile("ecs/task-definition.json")
	if err != nil {
		t.Fatal(err)
	}
	var task struct {
		ContainerDefinitions []struct {
			EntryPoint   []string
			PortMappings []struct{ ContainerPort int }
			HealthCheck  struct{ Command []string }
		}
	}
	if err := json.Unmarshal(text, &task); err != nil {
		t.Fatal(err)
	}
	container := task.ContainerDefinitions[0]
	if got := strings.Join(container.EntryPoint, " "); got != "/drainit --" {
		t.Errorf("entryPoint %q, want drainit", got)
	}
	if got := strings.Join(container.HealthCheck.Command, " "); got != "CMD /drainit ctl live" {
		t.Errorf("healthCheck %q, want ctl live", got)
	}
	if ports := container.PortMappings; len(ports) != 2 || ports[1].ContainerPort != 10143 {
		t.Errorf("ports %v, want the server's and drainit's, 10143", ports)
	}
}

// Nomad asks drainit's port, not the server's; all new allocations are healthy
// before an old one goes; and a client allows the number by default.
func TestNomadJob(t *testing.T) {
	const path = "nomad/server.nomad.hcl"
	for _, figure := range []struct{ pattern, want string }{
		{`port "drainit" \{ to = (\d+) \}`, "10143"},
		{`port     = "(\w+)"\n\s+path     = "/readyz"`, "drainit"},
		{`canary +(?:= )(\d+)`, only(t, path, `count = (\d+)`)},
		{`entrypoint = \[(.*)\]`, `"/drainit", "--"`},
		{`kill_timeout = "(30)s"`, "30"},
	} {
		if got := only(t, path, figure.pattern); got != figure.want {
			t.Errorf("%s: %s is %s, want %s", path, figure.pattern, got, figure.want)
		}
	}
}

// systemd must signal drainit alone, and Fly not interrupt it.
func TestWhoIsSignalledAndHow(t *testing.T) {
	if got := only(t, "systemd/example-server.service", `KillMode=(\S+)`); got != "mixed" {
		t.Errorf("KillMode=%s, want mixed: nothing can be held where the server gets the signal too", got)
	}
	if got := only(t, "fly/fly.toml", `kill_signal = "(\w+)"`); got != "SIGTERM" {
		t.Errorf("kill_signal %s, want SIGTERM: the server does not handle Fly's SIGINT", got)
	}
}
