package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// bundles are an OCI runtime: its command, and flags.
type bundles []string

type object = map[string]any

func (b bundles) start(t *trial, c container) *started {
	if c.name == "app" && b[0] == "runsc" {
		t.soonUp(b.run(t, container{name: sandbox, beside: true, role: []string{"pause"}}), b.command("state", sandbox))
	}
	return b.run(t, c)
}

// sandbox is the container whose end is that of all beside it in gVisor.
const sandbox = "sandbox"

func (b bundles) run(t *trial, c container) *started {
	dir := "/trial/" + c.name
	t.may(os.MkdirAll(dir, 0o755))
	config, err := json.Marshal(b.config(t, c))
	t.may(err)
	t.may(os.WriteFile(dir+"/config.json", config, 0o644))
	s := t.launch(c, b.command("run", "--bundle", dir, c.name)...)
	s.stop = b.command("kill", c.name, "TERM")
	s.signal = func(sig string) []string { return b.command("kill", c.name, sig) }
	s.inside = func(command []string) []string { return append(b.command("exec", c.name), command...) }
	return s
}

func (b bundles) command(args ...string) []string { return append(append([]string{}, b...), args...) }

// config is a bundle's, as config.json of the OCI's runtime-spec has it.
func (b bundles) config(t *trial, c container) object {
	network, annotations := object{"type": "network"}, object{}
	switch {
	case c.name == sandbox:
		annotations = object{"io.kubernetes.cri.container-type": "sandbox"}
	case c.beside && b[0] == "runsc":
		annotations = object{"io.kubernetes.cri.container-type": "container", "io.kubernetes.cri.sandbox-id": sandbox}
	case c.name == "proxy":
		network["path"] = fmt.Sprintf("/proc/%d/ns/net", b.pid(t, "app"))
	}
	return object{
		"ociVersion": "1.0.2",
		"process": object{
			"terminal": c.terminal, "cwd": "/", "args": c.command(), "env": []string{"PATH=/"},
			"user":         object{"uid": 0, "gid": 0},
			"capabilities": object{"bounding": caps, "effective": caps, "permitted": caps},
		},
		"root":        object{"path": t.tree},
		"hostname":    c.name,
		"annotations": annotations,
		"mounts": []object{
			{"destination": "/proc", "type": "proc", "source": "proc"},
			{"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": []string{"nosuid", "mode=755"}},
			{"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": []string{"newinstance", "ptmxmode=0666", "mode=620"}},
			{"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"},
		},
		"linux": object{"namespaces": []object{{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, network}},
	}
}

var caps = []string{"CAP_KILL", "CAP_NET_BIND_SERVICE"}

// soonUp waits until a command succeeds.
func (t *trial) soonUp(s *started, command []string) {
	t.soon(s, strings.Join(command, " "), func() bool { return quiet(command) })
}

// pid is that of a container's PID 1.
func (b bundles) pid(t *trial, name string) (pid int) {
	var state struct{ Pid int }
	t.may(json.NewDecoder(strings.NewReader(t.run(b.command("state", name)))).Decode(&state))
	return state.Pid
}
