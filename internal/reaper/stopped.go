package reaper

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// cldStopped is the si_code of a child that job control or SIGSTOP has stopped, and
// not its tracer (sigaction(2)).
const cldStopped = 5

// Stopped returns the signal that has stopped a child since it was last asked, if
// one has. It reaps nobody, and leaves a stopped tracee to Reap.
func Stopped(pid int) (sig unix.Signal, ok bool) {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WSTOPPED|unix.WNOHANG|unix.WNOWAIT, nil)
	if err != nil || info.Code != cldStopped {
		return 0, false
	}
	if err := unix.Waitid(unix.P_PID, pid, &info, unix.WSTOPPED|unix.WNOHANG, nil); err != nil {
		return 0, false
	}
	return stopSignal(&info), true
}

// stopSignal reads si_status, which follows si_pid and si_uid. All that stands
// before them is three numbers of 32 bits, padded to where a pointer may begin.
func stopSignal(info *unix.Siginfo) unix.Signal {
	const word = unsafe.Sizeof(uintptr(0))
	const fields = (3*4 + word - 1) / word * word
	return unix.Signal(*(*int32)(unsafe.Add(unsafe.Pointer(info), fields+2*4)))
}
