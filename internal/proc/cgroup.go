package proc

import (
	pathpkg "path"
	"strings"
)

// cgroupFiles names the files that may hold what a controller says of this
// process's cgroup, the best first. root is / but for tests.
func cgroupFiles(root, controller, v1, v2 string) []string {
	b, err := read(pathpkg.Join(root, dir, "self/cgroup"), make([]byte, 0, 1024), 64<<10)
	if err != nil {
		return nil
	}
	return cgroupFilesIn(b, controller, v1, v2)
}

// cgroupFilesIn reads /proc/self/cgroup: lines of hierarchy:controllers:path,
// cgroups(7). The path is below the root of the cgroup namespace or of the
// host; a container that has only its own cgroup mounted sees the latter and
// finds its files at the mount's root. Joining as from "/" keeps "/../.." (a
// cgroup outside of the namespace) inside.
func cgroupFilesIn(cgroups []byte, controller, v1, v2 string) []string {
	var inV1, inV2 []string
	for line := range strings.Lines(string(cgroups)) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(fields) != 3 {
			continue
		}
		below := pathpkg.Join("/", fields[2])
		if fields[0] == "0" && fields[1] == "" {
			inV2 = candidates("/sys/fs/cgroup", below, v2)
		}
		for c := range strings.SplitSeq(fields[1], ",") {
			if c == controller {
				inV1 = candidates("/sys/fs/cgroup/"+controller, below, v1)
			}
		}
	}
	return append(inV1, inV2...) // a controller on v1 is not on v2, and the v2 line is there anyway
}

func candidates(mount, below, file string) []string {
	return []string{pathpkg.Join(mount, below, file), pathpkg.Join(mount, file)}
}
