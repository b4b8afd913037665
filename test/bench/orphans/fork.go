package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// cloneArgs is struct clone_args of clone3(2), version 0.
type cloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal, stack, stackSize, tls uint64
}

// fork is fork(2), and returns 0 in the new process. That has one thread and a runtime that knows of more: it may do
// nothing but raw system calls, in functions that do not look whether they should be preempted, and so are nosplit.
//
//go:nosplit
func fork() (uintptr, unix.Errno) {
	args := cloneArgs{exitSignal: uint64(unix.SIGCHLD)}
	pid, _, errno := unix.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&args)), unsafe.Sizeof(args), 0)
	return pid, errno
}

// beParent is the life of the process in between: it leads a group, has n children that live until it ends, and ends
// with the number of the error, if there is one. It does not return.
//
//go:nosplit
func beParent(n int, read, write uintptr) {
	unix.RawSyscall(unix.SYS_SETPGID, 0, 0, 0)
	for range n {
		pid, errno := fork()
		if errno != 0 {
			unix.RawSyscall(unix.SYS_EXIT_GROUP, uintptr(errno), 0, 0)
		}
		if pid == 0 {
			beOrphan(read, write)
		}
	}
	unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
}

// beOrphan waits until its parent, the last to hold the pipe's other end, has gone, and ends. It does not return.
//
//go:nosplit
func beOrphan(read, write uintptr) {
	var b byte
	unix.RawSyscall(unix.SYS_CLOSE, write, 0, 0)
	unix.RawSyscall(unix.SYS_READ, read, uintptr(unsafe.Pointer(&b)), 1)
	unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
}
