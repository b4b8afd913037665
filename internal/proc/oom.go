package proc

import (
	"bytes"
	"strconv"
	"strings"

	pathpkg "path"
)

// OOMKills returns how many processes of this container the kernel has killed
// for want of memory, as its memory cgroup counts them since it was made, and
// whether the kernel says. It only grows: one more after a SIGKILL nobody sent
// than before means "out of memory".
//
// cgroup v2 has it in memory.events, descendants included (cgroup-v2.rst). Its
// oom_group_kill is not added: each process of such a group is in oom_kill
// already (mm/oom_kill.c, __oom_kill_process). cgroup v1 has it in
// memory.oom_control, without descendants (cgroup-v1/memory.rst). Both since
// Linux 4.13.
func OOMKills() (n int, ok bool) {
	return oomKills("/")
}

func oomKills(root string) (n int, ok bool) {
	b, err := read(pathpkg.Join(root, dir, "self/cgroup"), make([]byte, 0, 1024), 64<<10)
	if err != nil {
		return 0, false
	}
	for _, name := range oomFiles(b) {
		b, err := read(pathpkg.Join(root, name), make([]byte, 0, 512), 4096)
		if err != nil {
			continue
		}
		if n, ok := parseOOMKills(b); ok {
			return n, true
		}
	}
	return 0, false
}

// oomFiles names the files that may hold the count, the best first, from
// /proc/self/cgroup: lines of hierarchy:controllers:path, cgroups(7). The path
// is below the root of the cgroup namespace or of the host; a container that
// has only its own cgroup mounted sees the latter and finds its files at the
// mount's root. Joining as from "/" keeps "/../.." (a cgroup outside of the
// namespace) inside.
func oomFiles(cgroups []byte) []string {
	var v1, v2 []string
	for line := range strings.Lines(string(cgroups)) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(fields) != 3 {
			continue
		}
		below := pathpkg.Join("/", fields[2])
		if fields[0] == "0" && fields[1] == "" {
			v2 = candidates("/sys/fs/cgroup", below, "memory.events")
		}
		for controller := range strings.SplitSeq(fields[1], ",") {
			if controller == "memory" {
				v1 = candidates("/sys/fs/cgroup/memory", below, "memory.oom_control")
			}
		}
	}
	return append(v1, v2...) // a controller on v1 is not on v2, and the v2 line is there anyway
}

func candidates(mount, below, file string) []string {
	return []string{pathpkg.Join(mount, below, file), pathpkg.Join(mount, file)}
}

// parseOOMKills takes the line "oom_kill N", which both versions write alike.
func parseOOMKills(b []byte) (n int, ok bool) {
	for line := range bytes.Lines(b) {
		fields := bytes.Fields(line)
		if len(fields) == 2 && string(fields[0]) == "oom_kill" {
			n, err := strconv.Atoi(string(fields[1]))
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}
