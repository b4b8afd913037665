package process

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// highestInherited bounds the search for inherited descriptors: what is passed
// on purpose (sd_listen_fds(3), a make jobserver) is numbered from 3.
const highestInherited = 64

// CloseInherited closes this process's copies of the descriptors the child has
// inherited, so that whoever waits for their end of file gets it when the child
// goes. Go marks its own descriptors close-on-exec, an inherited one is not.
func CloseInherited() { CloseInheritedFrom(3, highestInherited) }

// CloseInheritedFrom closes those from the first to below the last.
func CloseInheritedFrom(first, last int) {
	for fd := first; fd < last; fd++ {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
}

// sigaction is the kernel's struct sigaction as far as it is alike on every
// architecture drainit is built for: the handler comes first, and all zero is
// SIG_DFL. The padding covers the longest of them.
type sigaction struct {
	handler uintptr
	_       [7]uint64
}

// sigIgn is SIG_IGN of asm-generic/signal-defs.h, sigsetSize the size of the
// kernel's set of 64 signals.
const (
	sigIgn     = 1
	sigsetSize = 8
)

// ResetIgnored gives every signal that was ignored when this process started
// its default disposition again: execve(2) resets handlers but keeps SIG_IGN,
// so that a nohup(1) far up the line would break the child's own handling.
func ResetIgnored() {
	for sig := uintptr(1); sig <= 64; sig++ {
		var old, dfl sigaction
		_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, 0, uintptr(unsafe.Pointer(&old)), sigsetSize, 0, 0)
		if errno == 0 && old.handler == sigIgn {
			unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&dfl)), 0, sigsetSize, 0, 0)
		}
	}
}
