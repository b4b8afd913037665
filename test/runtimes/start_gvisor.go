package main

import "os"

// daemonJSON is in docs/guides/runtimes.md.
const daemonJSON = `{"runtimes": {"runsc": {"path": "/usr/bin/runsc", "runtimeArgs": ["--network=host"]}}}`

// gvisorDocker is Docker with gVisor as a runtime.
var gvisorDocker = engine{cli: []string{"docker"}, flags: []string{"--runtime", "runsc"}, up: func(t *trial) {
	t.may(os.MkdirAll("/etc/docker", 0o755))
	t.may(os.WriteFile("/etc/docker/daemon.json", []byte(daemonJSON), 0o644))
	dockerd(t)
}}
