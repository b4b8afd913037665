package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// label is on everything this run makes.
var label = "drainit-servers=" + strconv.Itoa(os.Getpid())

// docker runs a command of the Docker CLI that must succeed, and returns its standard output without the newline.
func docker(args ...string) (string, error) {
	output, err := exec.Command("docker", args...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("docker %s: %w: %s", strings.Join(args, " "), err, exit.Stderr)
	}
	return strings.TrimSuffix(string(output), "\n"), err
}

// A container is one that this run has started in the background.
type container string

// start runs a container of the given network, which may be another container's.
func start(network, image string, flags []string, command ...string) (container, error) {
	args := append([]string{"run", "--detach", "--pull", "never", "--label", label, "--network", network}, flags...)
	id, err := docker(append(append(args, image), command...)...)
	return container(id), err
}

// remove ends and removes a container. That it has gone already is no news.
func (c container) remove() {
	if c != "" {
		docker("rm", "--force", "--volumes", string(c))
	}
}

// network is the network namespace of a container, for others to be started in.
func (c container) network() string { return "container:" + string(c) }

// address returns the address of a container in a network, reachable from this machine and no other.
func (c container) address(network string) (string, error) {
	return docker("inspect", "--format", fmt.Sprintf("{{(index .NetworkSettings.Networks %q).IPAddress}}", network), string(c))
}

// running reports whether the container has not exited.
func (c container) running() bool {
	running, err := docker("inspect", "--format", "{{.State.Running}}", string(c))
	return err == nil && running == "true"
}

// logs returns what was written on both outputs so far.
func (c container) logs() string {
	output, _ := exec.Command("docker", "logs", string(c)).CombinedOutput()
	return string(output)
}

// exit is how a container ended.
type exit struct {
	at     time.Time
	status int
}

// waitExit waits until the container has exited.
func (c container) waitExit() (exit, error) {
	if _, err := docker("wait", string(c)); err != nil {
		return exit{}, err
	}
	text, err := docker("inspect", "--format", "{{.State.ExitCode}} {{.State.FinishedAt}}", string(c))
	if err != nil {
		return exit{}, err
	}
	status, finished, _ := strings.Cut(text, " ")
	var e exit
	if e.status, err = strconv.Atoi(status); err != nil {
		return exit{}, err
	}
	e.at, err = time.Parse(time.RFC3339Nano, finished)
	return e, err
}

// stop begins docker stop and returns once the engine has sent the signal: the engine says when, and the CLI takes its
// time before. What becomes of docker stop itself the container's end tells.
func (c container) stop(allowed time.Duration) (time.Time, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	events := exec.CommandContext(ctx, "docker", "events", "--since", strconv.FormatInt(time.Now().Unix(), 10),
		"--filter", "container="+string(c), "--filter", "event=kill", "--format", "{{.TimeNano}}")
	lines, err := events.StdoutPipe()
	if err != nil {
		return time.Time{}, err
	}
	if err := events.Start(); err != nil {
		return time.Time{}, err
	}
	stop := exec.Command("docker", "stop", "--time", strconv.Itoa(int(allowed/time.Second)), string(c))
	if err := stop.Start(); err != nil {
		return time.Time{}, err
	}
	go stop.Wait()
	line, err := bufio.NewReader(lines).ReadString('\n')
	cancel()
	events.Wait()
	if err != nil {
		return time.Time{}, fmt.Errorf("docker events: no signal within 20s: %w", err)
	}
	nanoseconds, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	return time.Unix(0, nanoseconds), err
}

// removeAll removes what carries this run's label: containers first, which hold the rest.
func removeAll() {
	for _, kind := range []struct{ list, remove []string }{
		{[]string{"ps", "--all"}, []string{"rm", "--force", "--volumes"}},
		{[]string{"network", "ls"}, []string{"network", "rm"}},
		{[]string{"images"}, []string{"rmi", "--force"}},
	} {
		ids, err := docker(append(kind.list, "--quiet", "--filter", "label="+label)...)
		if err == nil && ids != "" {
			_, err = docker(append(kind.remove, strings.Fields(ids)...)...)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "servers:", err)
		}
	}
}
