package main

// A runtime is something that runs containers, or programs.
type runtime struct {
	name     string
	suite    string   // of the root it is from; "": this machine's own
	packages []string // the first has the version
	about    string   // how it is used here
	prepare  func(*trial)
	start    func(*trial, container) *started
	silent   bool              // it tells no status of a container that was stopped
	lacks    map[string]string // features that it has no place for, and why
	differs  map[string]string // features that are otherwise there, and how: documented, and not our fault
}

const (
	noTerminal = "it gives its services none"
)

var podmanPackages = []string{"podman", "crun", "conmon", "catatonit", "uidmap", "fuse-overlayfs", "netavark", "slirp4netns", "tini"}

var runtimes = []runtime{
	{name: "Podman 4, rootful", suite: "bookworm", packages: podmanPackages, about: "`podman run --network none`, crun, cgroupfs; order in a pod",
		prepare: podman().prepare, start: podman().start},
	{name: "Podman 4, rootless", suite: "bookworm", packages: podmanPackages, about: "the same as user 1000, without cgroups",
		prepare: podman(asUser...).prepare, start: podman(asUser...).start},
	{name: "Podman 5, rootful", suite: "sid", packages: podmanPackages, about: "as Podman 4",
		prepare: podman().prepare, start: podman().start},
	{name: "Podman 5, rootless", suite: "sid", packages: podmanPackages, about: "as Podman 4",
		prepare: podman(asUser...).prepare, start: podman(asUser...).start},
	{name: "Podman 5, kube play", suite: "sid", packages: podmanPackages, about: "[deployment.yaml](../../examples/kubernetes/deployment.yaml) with the guest as its server; `podman pod stop`",
		prepare: podman().prepare, start: kube, lacks: map[string]string{"order": "the manifest has one container", "terminal": "the manifest has none"}},
	{name: "Docker, this machine's", packages: []string{"docker"}, about: "`docker run --network none`, order with `--network container:`",
		prepare: machineDocker.prepare, start: machineDocker.start},
	{name: "Docker, this machine's, --init", packages: []string{"docker"}, about: "the same with docker-init as PID 1",
		prepare: machineDocker.prepare, start: machineDocker.with("--init").start},
	{name: "Docker of sid", suite: "sid", packages: []string{"docker.io", "docker-cli", "tini"}, about: "as this machine's",
		prepare: roomDocker.prepare, start: roomDocker.start},
	{name: "Docker, gVisor", suite: "trixie", packages: []string{"docker.io", "docker-cli", "runsc", "tini"}, about: "as this machine's, with [`--runtime runsc`](../guides/runtimes.md#gvisor), that of the row gVisor",
		prepare: gvisorDocker.prepare, start: gvisorDocker.start,
		differs: map[string]string{"order": "each container is in a sandbox of its own, and sees no other's sockets: nobody is waited for"}},
	{name: "runc", suite: "bookworm", packages: []string{"runc", "tini", "util-linux"}, about: "an OCI bundle, `runc run`",
		start: bundles{"runc"}.start},
	{name: "crun", suite: "bookworm", packages: []string{"crun", "tini", "util-linux"}, about: "an OCI bundle, `crun run`",
		start: bundles{"crun"}.start},
	{name: "gVisor", suite: "trixie", packages: []string{"runsc", "tini"}, about: "an OCI bundle, `runsc run`, systrap; order in one sandbox",
		start: bundles{"runsc", "--network=none", "--ignore-cgroups", "--overlay2=none"}.start},
	{name: "systemd-nspawn", suite: "bookworm", packages: []string{"systemd-container", "tini", "util-linux"}, about: "`--kill-signal=SIGTERM`, and SIGTERM to it",
		start: nspawn},
	{name: "systemd", suite: "bookworm", packages: []string{"systemd", "systemd-container", "systemd-sysv", "dbus", "tini", "util-linux"},
		about: "booted in nspawn; units as [example-server.service](../../examples/systemd/example-server.service)", prepare: boot, start: unit, lacks: map[string]string{"terminal": noTerminal}},
	{name: "LXC", suite: "bookworm", packages: []string{"lxc", "tini", "util-linux"}, about: "`lxc.signal.halt = SIGTERM`, `lxc.net.0.type = none`, `lxc-stop`; lxc-start tells no status of a container that was stopped", start: lxc, silent: true,
		differs: map[string]string{"terminal": "the console is not the controlling terminal of PID 1: no foreground, and ^C comes to nobody"}},
	{name: "bubblewrap", suite: "bookworm", packages: []string{"bubblewrap", "tini", "util-linux"}, about: "`--unshare-pid --as-pid-1`, signals to drainit itself", start: bubblewrap},
	{name: "user namespace", suite: "bookworm", packages: []string{"util-linux", "tini"}, about: "`unshare --user --map-root-user --pid` as user 1000", start: userNamespace},
	{name: "tini", suite: "bookworm", packages: []string{"tini", "util-linux"}, about: "drainit is not PID 1", start: underTini},
	{name: "supervisord", suite: "bookworm", packages: []string{"supervisor", "tini"}, about: "`supervisorctl stop`, drainit is not PID 1", start: supervisord,
		lacks: map[string]string{"terminal": noTerminal}},
	{name: "runit", suite: "bookworm", packages: []string{"runit", "tini"}, about: "runsv, `sv stop`, drainit is not PID 1", start: runit,
		lacks: map[string]string{"terminal": noTerminal}},
	{name: "s6", suite: "bookworm", packages: []string{"s6", "tini"}, about: "s6-supervise, `s6-svc -d`, drainit is not PID 1", start: s6,
		lacks: map[string]string{"terminal": noTerminal}},
}
