package main

import (
	"os"
	"os/exec"
	"strings"
	"time"
)

const imageName = "drainit-example-server"

// An engine has the command line of Docker.
type engine struct {
	cli   []string
	flags []string // of run
	pods  bool     // those beside each other are in a pod
	up    func(*trial)
}

// asUser runs a command as user 1000, who has no more rights than that.
var asUser = []string{"setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "env", "HOME=/home/user", "XDG_RUNTIME_DIR=/run/user/1000", "PATH=/usr/bin:/usr/sbin"}

func podman(as ...string) engine {
	return engine{cli: append(append([]string{}, as...), "podman", "--cgroup-manager=cgroupfs", "--events-backend=file"), pods: true, up: user}
}

// user makes user 1000, with subordinate users.
func user(t *trial) {
	t.run([]string{"sh", "-ec", `
		useradd --uid 1000 --home-dir /home/user --create-home user
		echo user:100000:65536 >/etc/subuid; echo user:100000:65536 >/etc/subgid
		install -d -m 700 -o 1000 -g 1000 /run/user/1000
		mkdir -p /etc/containers; echo '{"default":[{"type":"insecureAcceptAnything"}]}' >/etc/containers/policy.json`})
}

var machineDocker = engine{cli: []string{"docker"}}

var roomDocker = engine{cli: []string{"docker"}, up: dockerd}

// dockerd has an engine in the room.
func dockerd(t *trial) {
	cmd := exec.Command("dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false")
	log, err := os.Create("/trial/dockerd.log")
	t.may(err)
	cmd.Stdout, cmd.Stderr = log, log
	t.may(cmd.Start())
	for until := time.Now().Add(patience); !quiet([]string{"docker", "info"}); time.Sleep(200 * time.Millisecond) {
		text, _ := os.ReadFile(log.Name())
		t.must(time.Now().Before(until), "dockerd does not come up: %s", lastOf(text))
	}
}

// prepare has the image.
func (e engine) prepare(t *trial) {
	if e.up != nil {
		e.up(t)
	}
	cli := make([]string, len(e.cli))
	for i, word := range e.cli {
		cli[i] = "'" + word + "'"
	}
	t.run([]string{"sh", "-c", "tar -C " + t.tree + " -c . | " + strings.Join(cli, " ") + " import - " + t.image()})
}

// image is named for this process where others may be on the same engine.
func (t *trial) image() string {
	if t.runtime.suite == "" {
		return imageName + ":" + t.unique
	}
	return imageName
}

func (e engine) with(flags ...string) engine {
	e.flags = flags
	return e
}

func (e engine) command(args ...string) []string {
	return append(append([]string{}, e.cli...), args...)
}

func (e engine) start(t *trial, c container) *started {
	name := c.name + "-" + t.unique
	args := append(e.command("run", "--rm", "--name", name, "--pull", "never", "--stop-timeout", "60"), e.flags...)
	switch {
	case c.beside && e.pods:
		if c.name == "app" {
			t.run(e.command("pod", "create", "--name", "pod", "--network", "none"))
		}
		args = append(args, "--pod", "pod")
	case c.beside && c.name != "app":
		args = append(args, "--network", "container:app-"+t.unique)
	default:
		args = append(args, "--network", "none")
	}
	if c.terminal {
		args = append(args, "--interactive", "--tty")
	}
	s := t.launch(c, append(append(args, t.image()), c.command()...)...)
	s.stop = e.command("stop", "--time", "60", name)
	if c.beside && e.pods {
		s.stop = []string{"true"} // the pod is stopped as one
	}
	if c.beside && e.pods && c.name != "app" {
		s.stop = e.command("pod", "stop", "--time", "60", "pod")
	}
	s.signal = func(sig string) []string { return e.command("kill", "--signal", sig, name) }
	s.inside = func(command []string) []string { return append(e.command("exec", name), command...) }
	return s
}

// cleanDocker removes what a trial has left on the machine's engine.
func cleanDocker(unique string) {
	left, _ := exec.Command("docker", "ps", "--all", "--quiet", "--filter", "name=-"+unique+"$").Output()
	_ = exec.Command("docker", append([]string{"rm", "--force"}, strings.Fields(string(left))...)...).Run()
	_ = exec.Command("docker", "rmi", "--force", imageName+":"+unique).Run()
}

// quiet reports whether a command succeeds.
func quiet(argv []string) bool { return exec.Command(argv[0], argv[1:]...).Run() == nil }
