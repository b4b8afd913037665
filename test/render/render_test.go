// Package render_test renders the Kustomize components and the Helm snippet of examples/kubernetes with the libraries of
// kustomize and helm, in a module of its own.
package render_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const examples = "../../examples/kubernetes/"

// kustomized renders the example with a component.
func kustomized(t *testing.T, component, server string) (string, error) {
	t.Helper()
	in := filesys.MakeFsInMemory()
	for path, content := range map[string]string{
		"/drainit/kustomization.yaml": text(t, examples+"kustomize/"+component+"/kustomization.yaml"),
		"/example/kustomization.yaml": text(t, examples+"kustomize/example/kustomization.yaml"),
		"/example/server.yaml":        server,
	} {
		if err := in.WriteFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(in, "/example")
	if err != nil {
		return "", err
	}
	out, err := all.AsYaml()
	return string(out), err
}

// helmed renders the chart with values in the place of some of its own.
func helmed(t *testing.T, values map[string]any) string {
	t.Helper()
	chart, err := loader.Load(examples + "helm")
	if err != nil {
		t.Fatal(err)
	}
	all, err := chartutil.ToRenderValues(chart, values, chartutil.ReleaseOptions{Name: "your-server", Namespace: "default"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := engine.Render(chart, all)
	if err != nil {
		t.Fatal(err)
	}
	return out["your-server/templates/deployment.yaml"]
}

// deployment is the one in a rendered manifest; a field that the API has not is an error.
func deployment(t *testing.T, manifest string) appsv1.Deployment {
	t.Helper()
	var d appsv1.Deployment
	for part := range strings.SplitSeq(manifest, "\n---\n") {
		if strings.Contains(part, "kind: Deployment\n") {
			if err := yaml.UnmarshalStrict([]byte(part), &d); err != nil {
				t.Fatalf("%v in\n%s", err, part)
			}
			return d
		}
	}
	t.Fatalf("no Deployment in\n%s", manifest)
	return d
}

// Each way puts drainit before the program, changes nothing else of it, is admitted by Pod Security "restricted", and
// drainlint finds nothing in it.
func TestRendered(t *testing.T) {
	drainlint := build(t)
	plain := deployment(t, text(t, examples+"kustomize/example/server.yaml")).Spec.Template.Spec.Containers[0]
	server := text(t, examples+"kustomize/example/server.yaml")
	for _, way := range []struct {
		name, drainit string
		inits         int
		render        func(t *testing.T) (string, error)
	}{
		{"kustomize", "/shared/drainit", 1, func(t *testing.T) (string, error) { return kustomized(t, "drainit", server) }},
		{"kustomize, image volume", "/opt/drainit/drainit", 0, func(t *testing.T) (string, error) { return kustomized(t, "drainit-image-volume", server) }},
		{"helm", "/opt/drainit/drainit", 1, func(t *testing.T) (string, error) { return helmed(t, nil), nil }},
		{"helm, image volume", "/opt/drainit/drainit", 0, func(t *testing.T) (string, error) {
			return helmed(t, map[string]any{"drainit": map[string]any{"imageVolume": true, "env": map[string]any{"DRAINIT_DRAIN_DELAY": "8s"}}}), nil
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			manifest, err := way.render(t)
			if err != nil {
				t.Fatal(err)
			}
			spec := deployment(t, manifest).Spec.Template.Spec
			c := spec.Containers[0]
			if want := append([]string{way.drainit, "--"}, plain.Command...); !slices.Equal(c.Command, want) || !slices.Equal(c.Args, plain.Args) {
				t.Errorf("command %q, args %q, want %q and %q", c.Command, c.Args, want, plain.Args)
			}
			if len(spec.InitContainers) != way.inits || len(spec.Volumes) != 1 || (spec.Volumes[0].Image != nil) != (way.inits == 0) {
				t.Errorf("init containers %v, volumes %v, want %d and one volume", spec.InitContainers, spec.Volumes, way.inits)
			}
			if got := variable(c, "DRAINIT_GRACE_PERIOD"); got != "30s" || *spec.TerminationGracePeriodSeconds != 30 {
				t.Errorf("DRAINIT_GRACE_PERIOD is %q, terminationGracePeriodSeconds %d, want 30 both", got, *spec.TerminationGracePeriodSeconds)
			}
			if c.ReadinessProbe.HTTPGet.Path != "/readyz" || c.LivenessProbe.HTTPGet.Path != "/livez" {
				t.Errorf("the probes are %v and %v", c.ReadinessProbe.HTTPGet, c.LivenessProbe.HTTPGet)
			}
			admitted(t, deployment(t, manifest))
			lint(t, drainlint, manifest)
		})
	}
}

// Without drainit the chart is what it would be if there were none.
func TestHelmDisabled(t *testing.T) {
	if out := helmed(t, map[string]any{"drainit": map[string]any{"enabled": false}}); strings.Contains(out, "drainit") {
		t.Errorf("disabled, and drainit is in\n%s", out)
	}
}

// A Deployment without `command:` is an error, since drainit would run nothing.
func TestKustomizeWithoutCommand(t *testing.T) {
	server := strings.Replace(text(t, examples+"kustomize/example/server.yaml"), `          command: ["/server"]`+"\n", "", 1)
	for _, component := range []string{"drainit", "drainit-image-volume"} {
		if out, err := kustomized(t, component, server); err == nil {
			t.Errorf("%s: no error, but\n%s", component, out)
		}
	}
}

func admitted(t *testing.T, d appsv1.Deployment) {
	t.Helper()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(
		api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}, &d.Spec.Template.ObjectMeta, &d.Spec.Template.Spec))
	if !result.Allowed {
		t.Errorf("restricted: %s: %s", result.ForbiddenReason(), result.ForbiddenDetail())
	}
}

// build makes drainlint, which is in a module of its own.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "drainlint")
	if out, err := exec.Command("go", "build", "-C", "../../cmd/drainlint", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

func lint(t *testing.T, drainlint, manifest string) {
	t.Helper()
	cmd := exec.Command(drainlint, "-")
	cmd.Stdin = strings.NewReader(manifest)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil || !strings.Contains(out.String(), "0 findings in 1 workload") {
		t.Errorf("drainlint: %v: %s", err, &out)
	}
}

func variable(c corev1.Container, name string) string {
	for _, e := range c.Env {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
