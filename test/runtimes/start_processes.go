package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// direct launches a command below which drainit is a process of the room's that is signalled itself.
func (t *trial) direct(c container, argv ...string) *started {
	s := t.launch(c, append(argv, c.command()...)...)
	kill := func(sig string) []string { return []string{"kill", "-s", sig, strconv.Itoa(t.drainit(s))} }
	s.stop = kill("TERM")
	s.signal = kill
	s.inside = t.entering(s)
	return s
}

// entering runs commands in the namespaces of a container's drainit.
func (t *trial) entering(s *started, flags ...string) func(command []string) []string {
	return func(command []string) []string {
		return slices.Concat([]string{"nsenter", "--target", strconv.Itoa(t.drainit(s)), "--all"}, flags, []string{"--"}, command)
	}
}

// drainit is the process of that name below the runtime.
func (t *trial) drainit(s *started) int {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if pid := below(s.cmd.Process.Pid, "drainit"); pid != 0 {
			return pid
		}
	}
	t.must(false, "no drainit below the runtime")
	return 0
}

// below finds a process by its name among another's descendants, the nearest one; that itself counts.
func below(pid int, name string) int {
	children := map[int][]int{}
	names := map[int]string{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		before, after, _ := strings.Cut(string(stat), ") ")
		_, comm, _ := strings.Cut(before, "(")
		id, _ := strconv.Atoi(e.Name())
		var state string
		var parent int
		fmt.Sscan(after, &state, &parent)
		children[parent], names[id] = append(children[parent], id), comm
	}
	for queue := []int{pid}; len(queue) > 0; queue = queue[1:] {
		if names[queue[0]] == name {
			return queue[0]
		}
		queue = append(queue, children[queue[0]]...)
	}
	return 0
}

func bubblewrap(t *trial, c container) *started {
	return t.direct(c, "bwrap", "--bind", t.tree, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--unshare-pid", "--as-pid-1", "--")
}

func userNamespace(t *trial, c container) *started {
	s := t.direct(c, "setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups",
		"unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "--root", t.tree, "--mount-proc", "--")
	s.inside = t.entering(s, "--preserve-credentials")
	return s
}

// underTini has tini pass the signals on.
func underTini(t *trial, c container) *started {
	s := t.launch(c, append([]string{"tini", "-s", "--"}, c.command()...)...)
	s.signal = func(sig string) []string { return []string{"kill", "-s", sig, strconv.Itoa(s.cmd.Process.Pid)} }
	s.stop = s.signal("TERM")
	return s
}

// nspawn is told to stop by SIGTERM, for which it has a signal for its container. Others go to drainit itself.
func nspawn(t *trial, c container) *started {
	console := "pipe"
	if c.terminal {
		console = "interactive"
	}
	tree := "/trial/tree-of-" + c.name // one each, which it locks
	t.run([]string{"cp", "-a", t.tree, tree})
	s := t.direct(c, "systemd-nspawn", "--quiet", "--directory", tree, "--machine", c.name, "--register=no", "--keep-unit", "--volatile=no",
		"--kill-signal=SIGTERM", "--console="+console, "--")
	s.stop = []string{"kill", strconv.Itoa(s.cmd.Process.Pid)}
	return s
}

// lxc has its words from lxc-start in the foreground.
func lxc(t *trial, c container) *started {
	dir := "/var/lib/lxc/" + c.name // where lxc-stop looks for it
	t.may(os.MkdirAll(dir, 0o755))
	t.may(os.WriteFile(dir+"/config", []byte("lxc.uts.name = "+c.name+"\nlxc.rootfs.path = dir:"+t.tree+"\nlxc.signal.halt = SIGTERM\n"+
		"lxc.mount.auto = proc:rw\nlxc.init.cmd = "+strings.Join(c.command(), " ")+"\n"+
		"lxc.net.0.type = none\n"), 0o644)) // empty leaves lo down
	onPTY := c
	onPTY.terminal = true // without one its words are nowhere
	s := t.launch(onPTY, "lxc-start", "--foreground", "--name", c.name)
	s.stop = []string{"lxc-stop", "--name", c.name, "--timeout", "60"}
	s.signal = func(sig string) []string { return []string{"kill", "-s", sig, strconv.Itoa(t.drainit(s))} }
	s.inside = func(command []string) []string {
		return append([]string{"lxc-attach", "--name", c.name, "--"}, command...)
	}
	return s
}
