package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"drainit/test/kubernetes/image"
)

// The images that the manifests name, and four of the harness: the server alone, drainit with a STOPSIGNAL of nginx's
// images, and loadcheck.
const (
	exampleImage = "drainit-example-server"
	drainitImage = "drainit"
	serverImage  = "drainit-test-server:kubernetes"
	quitImage    = "drainit-test-quit:kubernetes"
	loadImage    = "drainit-test-load:kubernetes"
)

// images have the programs of bin.
func images(bin string) []image.Image {
	drainit, server, standin := filepath.Join(bin, "drainit"), filepath.Join(bin, "server"), filepath.Join(bin, "kubernetes-standin")
	both := map[string]string{"/drainit": drainit, "/server": server}
	under := []string{"/drainit", "--", "/server"}
	return []image.Image{
		{Name: exampleImage + ":latest", Programs: both, Entrypoint: under, StopSignal: "SIGTERM"},
		{Name: drainitImage + ":latest", Programs: map[string]string{"/drainit": drainit}, Entrypoint: []string{"/drainit"}},
		{Name: serverImage, Programs: map[string]string{"/server": server}, Entrypoint: []string{"/server"}},
		{Name: quitImage, Programs: both, Entrypoint: under, StopSignal: "SIGQUIT"},
		{Name: loadImage, Programs: map[string]string{"/loadcheck": filepath.Join(bin, "loadcheck"), "/signal": standin}},
		{Name: "example-job:latest", Programs: map[string]string{"/drainit": drainit, "/job": standin}},
		{Name: "example-app:latest", Programs: map[string]string{"/drainit": drainit, "/app": standin}},
		{Name: "example-pgbouncer:latest", Programs: map[string]string{"/drainit": drainit, "/usr/bin/pgbouncer": standin}},
	}
}

// takesArchive finds the commands that are given a file: `ctr images import`, `kind load image-archive`.
var takesArchive = regexp.MustCompile(`(import|archive)$`)

// give has the cluster's nodes have the images, by a command that gets an archive or, after docker load, a name.
func give(ctx context.Context, command string, all []image.Image) error {
	dir, err := os.MkdirTemp("", "drainit-images-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for i, im := range all {
		archive := filepath.Join(dir, fmt.Sprint(i, ".tar"))
		f, err := os.Create(archive)
		if err != nil {
			return err
		}
		if err := im.Write(f); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		words := append(strings.Fields(command), archive)
		if !takesArchive.MatchString(command) {
			if err := run(ctx, "docker", "load", "-q", "-i", archive); err != nil {
				return err
			}
			words[len(words)-1] = im.Name
		}
		if err := run(ctx, words...); err != nil {
			return err
		}
	}
	return nil
}

func run(ctx context.Context, words ...string) error {
	if out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, out)
	}
	return nil
}
