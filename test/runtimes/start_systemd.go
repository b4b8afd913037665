package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// The system that is booted has the room's own root, and what a unit writes in a directory of both.
const (
	system = "/trial/system"
	shared = "/trial/shared"
)

// boot boots a systemd.
func boot(t *trial) {
	t.run([]string{"sh", "-ec", `mkdir -p /trial/system /trial/shared /trial/up /trial/work
		mkdir /trial/lower && mount --bind / /trial/lower
		cp -a /trial/lower/bin /trial/lower/sbin /trial/lower/lib /trial/lower/lib64 /trial/lower/etc /trial/system/
		mkdir -p /trial/system/var/lib /trial/system/usr /trial/system/root
		cp /drainit /guest /trial/system/; cp --remove-destination /usr/lib/os-release /trial/system/etc/os-release
		: >/trial/system/etc/machine-id
		rm -f /trial/system/etc/systemd/system/*.wants/*`})
	log, err := os.Create("/trial/boot.log")
	t.may(err)
	cmd := exec.Command("systemd-nspawn", "--quiet", "--boot", "--directory", system, "--machine", "booted", "--register=no", "--keep-unit",
		"--private-network", "--bind-ro=/usr", "--bind="+shared, "--console=pipe")
	cmd.Stdout, cmd.Stderr = log, log
	t.may(cmd.Start())
	t.machine = cmd
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
		out, _ := t.booted("systemctl", "is-system-running").Output()
		if state := strings.TrimSpace(string(out)); state == "running" || state == "degraded" {
			return
		}
	}
	text, _ := os.ReadFile("/trial/boot.log")
	t.must(false, "systemd does not come up: %s", lastOf(text))
}

// booted is a command in that system.
func (t *trial) booted(argv ...string) *exec.Cmd {
	argv = t.insideSystem(argv)
	return exec.Command(argv[0], argv[1:]...)
}

func (t *trial) insideSystem(argv []string) []string {
	pid := below(t.machine.Process.Pid, "systemd")
	return append([]string{"nsenter", "--target", strconv.Itoa(pid), "--all", "--"}, argv...)
}

func notifies(t *trial) {
	s := t.service(container{name: "notify", role: []string{"notify"}, flags: []string{"--drain-delay", "1s", "--deadline", "25s"}},
		"Type=notify\nNotifyAccess=all\nWatchdogSec=3\n", "")
	t.says(s, "watchdog: fed")
	time.Sleep(7 * time.Second) // twice what the watchdog allows
	t.run(t.insideSystem([]string{"systemctl", "is-active", "notify"}))
	t.run(s.stop)
	t.wantEnd(s)
}

func activated(t *trial) {
	s := t.service(container{name: "socket", role: []string{"socket"}, flags: []string{"--drain-delay", "1s", "--deadline", "25s"}},
		"", "[Socket]\nListenStream=127.0.0.1:8081\n")
	t.soon(s, "an answer through the socket", func() bool {
		return strings.Contains(t.run(t.insideSystem([]string{"/guest", "ask", "http://127.0.0.1:8081/"})), "slow: 200")
	})
	t.says(s, "sockets: mine")
	t.run(s.stop)
	t.wantEnd(s)
}

// unit runs a container as a unit like that of the guide.
func unit(t *trial, c container) *started { return t.service(c, "", "") }

// service is a unit with more lines, and perhaps a socket unit of its own.
func (t *trial) service(c container, more, socket string) *started {
	output := shared + "/" + c.name + ".log"
	t.may(os.WriteFile(output, nil, 0o644))
	file := func(kind, text string) {
		t.may(os.WriteFile(fmt.Sprintf("%s/etc/systemd/system/%s.%s", system, c.name, kind), []byte(text), 0o644))
	}
	file("service", "[Service]\nExecStart="+strings.Join(c.command(), " ")+"\nKillMode=mixed\nTimeoutStopSec=60\n"+
		"StandardOutput=append:"+output+"\nStandardError=append:"+output+"\n"+more)
	t.run(t.insideSystem([]string{"systemctl", "daemon-reload"}))
	started := c.name + ".service"
	if socket != "" {
		file("socket", socket)
		t.run(t.insideSystem([]string{"systemctl", "daemon-reload"}))
		started = c.name + ".socket"
	}
	t.run(t.insideSystem([]string{"systemctl", "start", "--no-block", started}))
	s := t.launch(c, "tail", "--follow", "--lines=+1", "--sleep-interval=0.1", output)
	control := func(verb ...string) []string { return t.insideSystem(append([]string{"systemctl"}, verb...)) }
	s.stop = control("stop", c.name+".service")
	s.signal = func(sig string) []string { return control("kill", "--kill-whom=main", "--signal", sig, c.name) }
	s.inside = t.insideSystem
	s.tells = true
	s.status = func() int {
		var status, code int
		shown := t.run(control("show", "--property", "ExecMainCode,ExecMainStatus", c.name))
		for l := range strings.Lines(shown) {
			fmt.Sscanf(l, "ExecMainCode=%d", &code)
			fmt.Sscanf(l, "ExecMainStatus=%d", &status)
		}
		if code == 0 {
			return -1
		}
		return status
	}
	return s
}
