package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// run names what this run makes, and label is on all of it.
var (
	run   = "platforms-" + strconv.Itoa(os.Getpid())
	label = "drainit-platforms=" + strconv.Itoa(os.Getpid())
)

// docker runs a command of the Docker CLI that must succeed, and returns its standard output without the newline.
func docker(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	return output(exec.CommandContext(ctx, "docker", args...))
}

// commandLimit is longer than any command here takes, a stop with its grace period included, so that of an engine that
// hangs there is an error.
const commandLimit = grace + 30*time.Second

// output runs a command that must succeed, and returns its standard output without the newline.
func output(cmd *exec.Cmd) (string, error) {
	text, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, exit.Stderr)
	}
	return strings.TrimSuffix(string(text), "\n"), err
}

// start runs a container in the background and returns its id.
func start(network string, flags []string, image string, command ...string) (string, error) {
	args := append([]string{"run", "--detach", "--pull", "never", "--label", label, "--network", network}, flags...)
	return docker(append(append(args, image), command...)...)
}

// removeNamed removes the service of a cell, its network, and the containers whose names begin with the cell's. What
// fails is left to removeAll.
func removeNamed(name string) {
	docker("service", "rm", name)
	if ids, _ := docker("ps", "--all", "--quiet", "--filter", "name=^"+name+"($|[-._])"); ids != "" {
		docker(append([]string{"rm", "--force", "--volumes"}, strings.Fields(ids)...)...)
	}
	docker("network", "rm", name)
}

// removeAll removes what carries this run's label: containers first, which hold the rest.
func removeAll() {
	removeListed([]string{"ps", "--all"}, []string{"rm", "--force", "--volumes"})
	removeListed([]string{"network", "ls"}, []string{"network", "rm"})
	removeListed([]string{"images"}, []string{"rmi", "--force"})
}

// removeListed removes with one command of the Docker CLI what another lists.
func removeListed(list, remove []string) {
	ids, err := docker(append(list, "--quiet", "--filter", "label="+label)...)
	if err == nil && ids != "" {
		_, err = docker(append(remove, strings.Fields(ids)...)...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
	}
}
