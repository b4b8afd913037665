package main

import (
	"runtime"
	"sync"

	"drainit/internal/proc"
)

const (
	// maxProcs bounds how many goroutines run at once, each on a thread, and
	// maxFrontProcs the same in the front, which has the program's load.
	maxProcs      = 2
	maxFrontProcs = 8

	// spareThreads are for goroutines that wait in a system call: a look into
	// /proc that hangs, a line for a standard error that nobody reads. At most
	// 12 threads were ever seen where nothing hung, 6 of them without these.
	spareThreads = 10

	// roomLeft is what the reserve leaves of the container's limit of
	// processes. Without a reserve drainit still starts in very little.
	roomLeft = 16
)

// limitProcs has at most so many goroutines run at once. It stops the world.
func limitProcs(most int) {
	if runtime.GOMAXPROCS(0) > most {
		runtime.GOMAXPROCS(most)
	}
}

// reserveThreads makes the threads that will be needed while there is room for
// them. Where Go's runtime wants one more and the limit of processes is reached
// (pids of cgroups(7), RLIMIT_NPROC) it ends the process, and with PID 1 the
// container. Threads are never given up, and an idle one is taken before one is
// made.
func reserveThreads(n int) {
	if room, ok := proc.PIDRoom(); ok {
		n = max(0, min(n, room-roomLeft))
	}
	makeThreads(n)
}

// makeThreads makes n idle threads: n goroutines, each on one of its own, that
// wait until all are there.
func makeThreads(n int) {
	var made sync.WaitGroup
	made.Add(n)
	for range n {
		go func() {
			runtime.LockOSThread()
			made.Done()
			made.Wait()
			runtime.UnlockOSThread()
		}()
	}
	made.Wait()
}
