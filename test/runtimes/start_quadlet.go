package main

import "strings"

// quadlet stops a container as the unit does that Quadlet makes of a .container file, once its health was asked.
func quadlet(t *trial) {
	e := podman().with("--stop-timeout", "30", "--health-cmd", `["/drainit","ctl","live"]`, "--health-interval", "1h")
	s := e.start(t, container{name: "quadlet", flags: []string{"--grace-period", "30s"}, role: []string{"life", "http://127.0.0.1:8080"}})
	t.says(s, "page 200 ok, readyz 200")
	name := "quadlet-" + t.unique
	t.run(e.command("healthcheck", "run", name))
	stopped := t.stopBy(e.command("rm", "-v", "-f", "-i", name))
	t.says(s, "got terminated")
	report := t.report(s)
	t.must(strings.Contains(report, " hold=5.") && strings.Contains(report, " status=7 "), "not held for 5s, or cut: %s", report)
	t.may(<-stopped)
}
