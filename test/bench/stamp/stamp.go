// Package stamp writes the time for the bench to read. It imports nothing but syscall: what a program under an init
// costs to start is the same under every init, and less is less noise.
package stamp

import (
	"syscall"
	"unsafe"
)

// Write writes the time to standard output as the eight bytes of nanoseconds of CLOCK_MONOTONIC, in native order.
// The clock is the same in all processes of a machine (clock_gettime(2)), so the reader may subtract its own.
func Write() {
	const monotonic = 1
	var t syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, monotonic, uintptr(unsafe.Pointer(&t)), 0)
	ns := t.Nano()
	syscall.Write(1, (*[8]byte)(unsafe.Pointer(&ns))[:])
}
