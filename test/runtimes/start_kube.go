package main

import (
	"os"
	"strings"
)

// manifest is examples/kubernetes/deployment.yaml, in the room.
const manifest = "/trial/tree/deployment.yaml"

// kube plays our own manifest, with the guest in the place of its server.
func kube(t *trial, c container) *started {
	text, err := os.ReadFile(manifest)
	t.may(err)
	const command, args = `command: ["/drainit", "--", "/server"]`, `args: ["-response-time", "500ms"]`
	t.must(strings.Contains(string(text), command) && strings.Contains(string(text), args), "the manifest has another command")
	list := `["` + strings.Join(c.command(), `", "`) + `"]`
	played := strings.NewReplacer(command, "command: "+list, args, "args: []").Replace(string(text))
	file := "/trial/" + c.name + ".yaml"
	t.may(os.WriteFile(file, []byte(played), 0o644))
	e := podman()
	const pod, name = "example-server-pod", "example-server-pod-server"
	quiet(e.command("kube", "down", file))
	t.run(e.command("kube", "play", "--network", "none", file))
	s := t.launch(c, "sh", "-c", quoted(e.command("logs", "--follow", name))+" & exit $("+quoted(e.command("wait", name))+")")
	s.stop = e.command("pod", "stop", "--time", "60", pod)
	s.signal = func(sig string) []string { return e.command("kill", "--signal", sig, name) }
	s.inside = func(command []string) []string { return append(e.command("exec", name), command...) }
	return s
}
