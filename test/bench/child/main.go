// Command child is the program under the init being measured. It says when it began, waits for the end of its
// standard input, says when it is about to end, and ends with status 0. It imports nothing but syscall: what it costs
// to start is the same under every init, and less is less noise.
package main

import (
	"syscall"
	"unsafe"
)

func main() {
	stamp()
	var b [1]byte
	syscall.Read(0, b[:])
	stamp()
}

// stamp writes the time to standard output as the eight bytes of nanoseconds of CLOCK_MONOTONIC, in native order.
// The clock is the same in all processes of a machine (clock_gettime(2)), so the reader may subtract its own.
func stamp() {
	const monotonic = 1
	var t syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, monotonic, uintptr(unsafe.Pointer(&t)), 0)
	ns := t.Nano()
	syscall.Write(1, (*[8]byte)(unsafe.Pointer(&ns))[:])
}
