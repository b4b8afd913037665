package main

// A machine is one that is played: Debian's name of its architecture and Go's, whose kernel, and how QEMU makes it.
type machine struct {
	name    string // as -only and the document have it
	goarch  string
	goarm   string
	debian  string // the architecture
	suite   string
	flavour string // of the kernel
	qemu    []string
	console string // the kernel's parameter, or "" for its own choice
}

// platform is what the Makefile calls the platform.
func (m machine) platform() string {
	if m.goarm != "" {
		return m.goarch + "-v" + m.goarm
	}
	return m.goarch
}

// kernel is the directory of its kernel.
func (m machine) kernel() string { return "kernel-" + m.suite + "-" + m.debian }

var machines = []machine{
	{name: "arm64", goarch: "arm64", debian: "arm64", suite: "trixie", flavour: "cloud-arm64",
		qemu: []string{"qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"}, console: "ttyAMA0"},
	{name: "s390x", goarch: "s390x", debian: "s390x", suite: "trixie", flavour: "s390x",
		qemu: []string{"qemu-system-s390x", "-M", "s390-ccw-virtio"}},
	amd64("amd64, 5.10", "bullseye"),
	amd64("amd64, 6.1", "bookworm"),
	amd64("amd64, 6.12", "trixie"),
	amd64("amd64, sid", "sid"),
	{name: "arm/v7", goarch: "arm", goarm: "7", debian: "armhf", suite: "trixie", flavour: "armmp",
		qemu: []string{"qemu-system-arm", "-M", "virt", "-cpu", "cortex-a15"}, console: "ttyAMA0"},
	{name: "ppc64le", goarch: "ppc64le", debian: "ppc64el", suite: "trixie", flavour: "powerpc64le",
		qemu: []string{"qemu-system-ppc64", "-M", "pseries", "-cpu", "power9", "-vga", "none"}, console: "hvc0"},
	{name: "riscv64", goarch: "riscv64", debian: "riscv64", suite: "trixie", flavour: "riscv64",
		qemu: []string{"qemu-system-riscv64", "-M", "virt"}, console: "ttyS0"},
}

func amd64(name, suite string) machine {
	return machine{name: name, goarch: "amd64", debian: "amd64", suite: suite, flavour: "cloud-amd64",
		qemu: []string{"qemu-system-x86_64", "-M", "q35", "-cpu", "qemu64"}, console: "ttyS0"}
}
