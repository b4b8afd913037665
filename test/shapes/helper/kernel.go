package main

import (
	"slices"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// byDefault gives a signal its default behind the runtime's back.
func byDefault(n syscall.Signal) {
	var action struct{ _ [8]uintptr } // struct sigaction; SIG_DFL is 0
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(n), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
}

// defaults gives every signal its default: a background job of a shell begins
// with SIGINT and SIGQUIT ignored, and a server then seems to go on at them.
func defaults() {
	for n := syscall.Signal(1); n <= 64; n++ {
		byDefault(n)
	}
}

// quiet takes back the handlers that Go's runtime has for signals that nobody
// asked for, which would make every one of them look handled. Its own it keeps.
func quiet(keep ...syscall.Signal) {
	keep = append(keep, syscall.SIGURG, syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGPIPE)
	for n := syscall.Signal(1); n <= 64; n++ {
		if !slices.Contains(keep, n) {
			byDefault(n)
		}
	}
}
