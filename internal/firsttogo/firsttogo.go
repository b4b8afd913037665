// Package firsttogo has a helper be the first that the kernel kills for want of memory
// (proc_pid_oom_score_adj(5)), before most of this program has been initialised: that
// takes memory too, and the kernel would kill the program for it, which has more.
package firsttogo

import (
	"os"
	"syscall"
)

// Name is a helper's name, as its first argument.
const Name = "drainit-helper"

// Go initialises packages as soon as all that they import is (Package initialization,
// in its specification). So this one must import next to nothing.
func init() {
	if os.Args[0] != Name {
		return
	}
	if kind, err := syscall.GetsockoptInt(0, syscall.SOL_SOCKET, syscall.SO_TYPE); err != nil || kind != syscall.SOCK_SEQPACKET {
		return // see process.HasRole, which looks closer
	}
	fd, err := syscall.Open("/proc/self/oom_score_adj", syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	_, _ = syscall.Write(fd, []byte("1000"))
	_ = syscall.Close(fd)
}
