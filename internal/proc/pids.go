package proc

import (
	"bytes"
	pathpkg "path"
	"strconv"
)

// PIDRoom returns how many processes and threads may still be made in this
// container, as its pids cgroup counts them (pids.max less pids.current,
// cgroup-v2.rst; alike in v1), and whether there is such a limit to be seen.
// There may be others: a pod's, above the container's, and RLIMIT_NPROC.
func PIDRoom() (n int, ok bool) {
	return pidRoom("/")
}

func pidRoom(root string) (n int, ok bool) {
	for _, name := range cgroupFiles(root, "pids", "pids.max", "pids.max") {
		limit, err := read(pathpkg.Join(root, name), make([]byte, 0, 64), 64)
		if err != nil {
			continue
		}
		now, err := read(pathpkg.Join(root, pathpkg.Dir(name), "pids.current"), make([]byte, 0, 64), 64)
		if err != nil {
			continue
		}
		most, err := strconv.Atoi(string(bytes.TrimSpace(limit)))
		if err != nil { // "max"
			return 0, false
		}
		used, err := strconv.Atoi(string(bytes.TrimSpace(now)))
		return max(0, most-used), err == nil
	}
	return 0, false
}
