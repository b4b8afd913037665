package proc

import (
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// fewProcesses is the highest RLIMIT_NPROC for which counting is worth while.
const fewProcesses = 1000

// userRoom returns how many processes and threads drainit's user may still make by
// RLIMIT_NPROC (getrlimit(2)), and whether there is a limit to be seen. It counts
// those that /proc shows; the kernel also counts those of other containers.
func userRoom() (n int, ok bool) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NPROC, &limit); err != nil || limit.Cur > fewProcesses || isHostRoot() {
		return 0, false
	}
	used, own := 0, os.Getuid()
	err := eachPID(dir, func(pid int) (goesOn bool) {
		used += threadsOf(pid, own)
		return true
	})
	if err != nil {
		return 0, false
	}
	return max(0, int(limit.Cur)-used), true
}

// isHostRoot reports whether this is the one user whom the limit does not bind: root
// of the first user namespace.
func isHostRoot() bool {
	if os.Getuid() != 0 {
		return false
	}
	b, err := read(dir+"/self/uid_map", make([]byte, 0, 128), 128)
	return err == nil && bytes.Equal(bytes.Join(bytes.Fields(b), []byte(" ")), []byte("0 0 4294967295"))
}

// threadsOf returns how many threads a process has, 0 for another user's. The kernel
// counts each as a link of their directory, which has two of its own.
func threadsOf(pid, uid int) int {
	var st unix.Stat_t
	if unix.Stat(path(pid, "task"), &st) != nil || int(st.Uid) != uid {
		return 0
	}
	return max(0, int(st.Nlink)-2)
}
