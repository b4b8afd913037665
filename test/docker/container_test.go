package docker_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for a fact that is bound to come, on a
// machine that has other things to do.
const patience = 30 * time.Second

// hardened returns the flags of a container that may do nothing, and more
// flags after them. The seccomp profile is Docker's default.
func hardened(more ...string) []string {
	return append([]string{
		"--user", "65534:65534", "--cap-drop", "ALL", "--read-only",
		"--security-opt", "no-new-privileges",
	}, more...)
}

// publish returns the flags that make ports of the container reachable from
// this machine, and from it alone.
func publish(ports ...string) []string {
	flags := []string{}
	for _, port := range ports {
		flags = append(flags, "--publish", "127.0.0.1::"+port)
	}
	return flags
}

// The ports of the containers: the helper's server, and drainit's probes.
const (
	serverPort = "8080"
	probePort  = "10143"
)

// A container is one that the test has started, removed when the test ends.
type container struct {
	t  *testing.T
	id string
}

// start runs a container in the background and returns at once; see ready.
func start(t *testing.T, image string, flags []string, args ...string) *container {
	t.Helper()
	run := append([]string{"run", "--detach", "--pull", "never", "--label", runLabel()}, flags...)
	c := &container{t: t}
	c.id = docker(t, append(append(run, image), args...)...)
	t.Cleanup(func() {
		if t.Failed() {
			stdout, stderr := c.logs()
			t.Logf("docker run %s\nstdout:\n%s\nstderr:\n%s", strings.Join(append(flags, args...), " "), stdout, stderr)
		}
		docker(t, "rm", "--force", "--volumes", c.id)
	})
	return c
}

// startReady starts a container whose program says "ready", and waits for it.
func startReady(t *testing.T, image string, flags []string, args ...string) *container {
	t.Helper()
	c := start(t, image, flags, args...)
	c.waitFor("ready")
	return c
}

// docker runs a command of the Docker CLI that must succeed, and returns its
// stdout without the newline.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, status := dockerStatus(t, args...)
	if status != 0 {
		t.Fatalf("docker %s: exit status %d: %s", strings.Join(args, " "), status, stderr)
	}
	return strings.TrimSuffix(stdout, "\n")
}

// dockerStatus runs a command of the Docker CLI, whatever comes of it.
func dockerStatus(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := exec.Command("docker", args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return out.String(), errs.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatalf("docker %s: %v", strings.Join(args, " "), err)
	}
	return out.String(), errs.String(), 0
}

// stop runs docker stop and returns how long it took.
func (c *container) stop(flags ...string) time.Duration {
	c.t.Helper()
	began := time.Now()
	docker(c.t, append(append([]string{"stop"}, flags...), c.id)...)
	return time.Since(began)
}

// signal sends a signal to PID 1 of the container.
func (c *container) signal(name string) {
	c.t.Helper()
	docker(c.t, "kill", "--signal", name, c.id)
}

// running reports whether the container has not exited.
func (c *container) running() bool {
	c.t.Helper()
	return docker(c.t, "inspect", "--format", "{{.State.Running}}", c.id) == "true"
}

// exitStatus waits until the container has exited and returns its status.
func (c *container) exitStatus() int {
	c.t.Helper()
	eventually(c.t, "the container exits", func() bool { return !c.running() })
	status, err := strconv.Atoi(docker(c.t, "inspect", "--format", "{{.State.ExitCode}}", c.id))
	if err != nil {
		c.t.Fatal(err)
	}
	return status
}

// expectStatus fails the test if the container's exit status is another.
func (c *container) expectStatus(want int) {
	c.t.Helper()
	if got := c.exitStatus(); got != want {
		c.t.Errorf("exit status %d, want %d", got, want)
	}
}

// exec runs a command in the container.
func (c *container) exec(args ...string) (stdout, stderr string, status int) {
	c.t.Helper()
	return dockerStatus(c.t, append([]string{"exec", c.id}, args...)...)
}

// logs returns what was written so far: the program's stdout, and stderr,
// where drainit writes.
func (c *container) logs() (stdout, stderr string) {
	c.t.Helper()
	stdout, stderr, _ = dockerStatus(c.t, "logs", c.id)
	return stdout, stderr
}

// waitFor waits for a line of the program that begins so, and returns it.
func (c *container) waitFor(prefix string) string {
	c.t.Helper()
	found := ""
	eventually(c.t, "a line "+strconv.Quote(prefix)+" on stdout", func() bool {
		running := c.running()
		stdout, _ := c.logs()
		for line := range strings.Lines(stdout) {
			if strings.HasPrefix(line, prefix) {
				found = strings.TrimSuffix(line, "\n")
				return true
			}
		}
		if !running {
			c.t.Fatalf("the container has exited without a line %q", prefix)
		}
		return false
	})
	return found
}

// url returns the address of a published port, from this machine.
func (c *container) url(port string) string {
	c.t.Helper()
	return "http://" + docker(c.t, "port", c.id, port)
}

// get asks a published port for a path. The status is 0 where nothing answers.
func get(url string) (status int, body string) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(content)
}

// eventually waits until it is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%v waited until %s", patience, what)
		}
	}
}

// expectText fails the test if a text lacks a part.
func expectText(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: got %q, want %q in it", what, text, part)
		}
	}
}
