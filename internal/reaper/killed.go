package reaper

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// cldKilled is the code of waitid(2) for a process that a signal has ended without a
// core dump, as SIGKILL does.
const cldKilled = 2

// statusOffset is where si_status stands in siginfo_t: three ints, a union that is
// aligned as pointers are, and in it si_pid and si_uid (asm-generic/siginfo.h).
const (
	word         = unsafe.Sizeof(uintptr(0))
	statusOffset = (12+word-1)/word*word + 8
)

// Killed reports whether a child has been ended by SIGKILL. It does not wait for it,
// and leaves it to be reaped.
func Killed(pid int) bool {
	var info unix.Siginfo
	for {
		err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
		if err == unix.EINTR {
			continue
		}
		status := *(*int32)(unsafe.Add(unsafe.Pointer(&info), statusOffset))
		return err == nil && info.Signo != 0 && info.Code == cldKilled && syscall.Signal(status) == syscall.SIGKILL
	}
}
