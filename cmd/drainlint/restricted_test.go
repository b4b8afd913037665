package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"drainit/cmd/drainlint/internal/manifest"
)

// Pod Security "restricted" admits every pod of this project's manifests, by the code with which the API server decides
// that.
func TestOwnExamplesAreRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob("../../examples/*/*.yaml")
	seen := 0
	for _, path := range paths {
		if slices.Contains(notManifests, filepath.Base(path)) {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		set := manifest.New()
		if err := set.Read(path, f); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		f.Close()
		for _, w := range set.Workloads {
			seen++
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(
				api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}, &w.Template.ObjectMeta, &w.Template.Spec))
			if !result.Allowed {
				t.Errorf("%s: %s: %s", path, w.Name, strings.TrimSpace(result.ForbiddenReason()+": "+result.ForbiddenDetail()))
			}
			for _, c := range slices.Concat(w.Template.Spec.InitContainers, w.Template.Spec.Containers) {
				if c.ImagePullPolicy == "" && !strings.Contains(c.Image, ":") {
					t.Errorf("%s: %s: an image without a tag and imagePullPolicy is pulled at each start, even if the node has it", path, c.Name)
				}
			}
		}
	}
	if seen < 4 {
		t.Errorf("%d workloads in the examples, want 4 or more", seen)
	}
}

// notManifests are files of Compose, Swarm and Prometheus.
var notManifests = []string{"compose.yaml", "stack.yaml", "alerts.yaml", "alerts_test.yaml"}
