package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// labelKey is that of all runs.
const labelKey = "drainit-platforms"

// run names what this run makes, and label is on all of it.
var (
	run   = "platforms-" + strconv.Itoa(os.Getpid())
	label = labelKey + "=" + strconv.Itoa(os.Getpid())
)

// commandLimit is longer than any command here takes, a stop with its grace period included.
const commandLimit = grace + 60*time.Second

// errHung is what all commands end with once the engine has hung.
var errHung = errors.New("the engine does not answer (Docker 20.10 with Swarm is known for it): SIGKILL dockerd, start it " +
	"again, and go on with -resume, which keeps what is measured and removes what is left")

var hung atomic.Bool

// docker runs a command of the Docker CLI that must succeed, and returns its standard output without the newline.
func docker(args ...string) (string, error) { return command(nil, "docker", args...) }

// command runs a command that must succeed and asks the engine for something.
func command(input io.Reader, name string, args ...string) (string, error) {
	return within(commandLimit, input, name, args...)
}

// within is command with a limit. Where that passes, and the engine says nothing else either, the engine has hung.
func within(limit time.Duration, input io.Reader, name string, args ...string) (string, error) {
	if hung.Load() {
		return "", errHung
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = input
	cmd.WaitDelay = time.Second
	text, err := output(cmd)
	if ctx.Err() == nil {
		return text, err
	}
	if !engineAnswers(limit / 4) {
		hung.Store(true)
		return "", fmt.Errorf("%s %s: %w", name, args[0], errHung)
	}
	return "", fmt.Errorf("%s: not within %v", strings.Join(cmd.Args, " "), limit)
}

// engineAnswers asks for what takes its locks, as docker version does not.
func engineAnswers(limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for _, ask := range [][]string{{"ps"}, {"network", "ls"}, {"info"}} {
		if exec.CommandContext(ctx, "docker", ask...).Run() != nil {
			return false
		}
	}
	return true
}

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
func removeNamed(name string, inSwarm bool) {
	if inSwarm {
		docker("service", "rm", name)
		until(time.Minute, func() bool {
			left, err := docker("ps", "--all", "--quiet", "--filter", "name=^"+name+"\\.")
			return hung.Load() || err == nil && left == ""
		})
	}
	if ids, _ := docker("ps", "--all", "--quiet", "--filter", "name=^"+name+"($|[-._])"); ids != "" {
		docker(append([]string{"rm", "--force", "--volumes"}, strings.Fields(ids)...)...)
	}
	if !inSwarm {
		docker("network", "rm", name)
	}
}

// removeAll removes what carries this run's label: containers first, which hold the rest.
func removeAll() { removeLabelled(label) }

func removeLabelled(label string) {
	removeListed(label, []string{"ps", "--all"}, []string{"rm", "--force", "--volumes"})
	removeListed(label, []string{"network", "ls"}, []string{"network", "rm"})
	removeListed(label, []string{"images"}, []string{"rmi", "--force"})
}

// removeLeft removes what runs before this one have left, and ends the Swarm they had. It is an error if one is still
// under way.
func removeLeft() error {
	marks, err := docker("ps", "--all", "--filter", "label="+labelKey, "--format", fmt.Sprintf("{{.Label %q}}", labelKey))
	if err != nil {
		return err
	}
	for pid := range strings.FieldsSeq(marks) {
		if _, err := os.Stat("/proc/" + pid + "/exe"); err == nil {
			return fmt.Errorf("-resume would remove what process %s has made, which is under way", pid)
		}
	}
	overlays, _ := docker("network", "ls", "--quiet", "--filter", "label="+labelKey, "--filter", "driver=overlay")
	if overlays != "" {
		endSwarm(labelKey)
	}
	removeLabelled(labelKey)
	return nil
}

// removeListed removes with one command of the Docker CLI what another lists.
func removeListed(label string, list, remove []string) {
	ids, err := docker(append(list, "--quiet", "--filter", "label="+label)...)
	if err == nil && ids != "" {
		_, err = docker(append(remove, strings.Fields(ids)...)...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
	}
}
