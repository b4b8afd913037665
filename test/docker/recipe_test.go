package docker_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The recipe that builds from source builds, from what .dockerignore lets in of
// a checkout, and what it builds serves and stops without an error. Nothing of
// it is changed but the image that would come from a registry.
func TestDockerfileScratch(t *testing.T) {
	t.Parallel()
	golang := image(t, golangImage)
	recipe, err := os.ReadFile(filepath.Join(top, "examples/docker/Dockerfile.scratch"))
	if err != nil {
		t.Fatal(err)
	}
	const registry = "FROM golang:1.26 AS build\n"
	if strings.Count(string(recipe), registry) != 1 {
		t.Fatalf("want %q in it, once", registry)
	}
	local := filepath.Join(t.TempDir(), "Dockerfile")
	if err := os.WriteFile(local, []byte(strings.Replace(string(recipe), registry, "FROM "+golang+" AS build\n", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	built := buildRecipe(t, local, top)
	expectExample(t, built)
	expectBytes(t, built, makeBuild(t))
}

// buildRecipe builds a Dockerfile as it is, without a network, and returns the image.
func buildRecipe(t *testing.T, dockerfile, context string) string {
	t.Helper()
	built := imageName()
	cmd := exec.Command("docker", "build", "--network", "none", "--label", runLabel(), "--tag", built, "--file", dockerfile, context)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, output)
	}
	return built
}

// makeBuild makes a copy of the checkout, without its commit, in which make has built what the recipes copy.
func makeBuild(t *testing.T) string {
	t.Helper()
	source := t.TempDir()
	for _, name := range []string{"Makefile", "Dockerfile.example", ".dockerignore", "go.mod", "go.sum", "cmd", "internal", "examples"} {
		if _, err := output(exec.Command("cp", "-R", filepath.Join(top, name), source)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := output(exec.Command("make", "-s", "-C", source, "build", "bin/server")); err != nil {
		t.Fatal(err)
	}
	return source
}

// expectBytes compares /drainit and /server of an image with what make has built in a checkout.
func expectBytes(t *testing.T, image, checkout string) {
	t.Helper()
	c := docker(t, "create", "--label", runLabel(), image)
	for _, name := range []string{"drainit", "server"} {
		copied := filepath.Join(t.TempDir(), name)
		docker(t, "cp", c+":/"+name, copied)
		got, err := os.ReadFile(copied)
		want, wantErr := os.ReadFile(filepath.Join(checkout, "bin", name))
		if err != nil || wantErr != nil {
			t.Fatal(err, wantErr)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("/%s in the image is not what make builds: %d and %d bytes", name, len(got), len(want))
		}
	}
}
