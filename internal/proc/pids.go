package proc

import (
	"bytes"
	pathpkg "path"
	"strconv"
)

// PIDRoom returns how many processes and threads may still be made in this
// container: the least that its pids cgroup (pids.max less pids.current,
// cgroup-v2.rst; alike in v1) and RLIMIT_NPROC leave, and whether there is such a
// limit to be seen. There may be others: a pod's, above the container's, and what
// the same user has in other containers.
func PIDRoom() (n int, ok bool) {
	used, limit, ok := PIDs()
	n, ok = max(0, limit-used), ok && limit > 0
	if room, limited := userRoom(); limited && (!ok || room < n) {
		return room, true
	}
	return n, ok
}

// PIDs returns how many processes and threads this container has, as its pids
// cgroup counts them, how many it may have, 0 where there is no limit, and whether
// the kernel says. See [PIDRoom] for other limits.
func PIDs() (used, limit int, ok bool) {
	return pids("/")
}

func pids(root string) (used, limit int, ok bool) {
	for _, name := range cgroupFiles(root, "pids", "pids.max", "pids.max") {
		most, err := read(pathpkg.Join(root, name), make([]byte, 0, 64), 64)
		if err != nil {
			continue
		}
		now, err := read(pathpkg.Join(root, pathpkg.Dir(name), "pids.current"), make([]byte, 0, 64), 64)
		if err != nil {
			continue
		}
		limit, _ := strconv.Atoi(string(bytes.TrimSpace(most))) // or "max"
		used, err := strconv.Atoi(string(bytes.TrimSpace(now)))
		return used, limit, err == nil
	}
	return 0, 0, false
}
