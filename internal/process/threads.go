package process

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"drainit/internal/proc"
)

const (
	// MaxProcs bounds how many goroutines run at once, each on a thread: with one
	// a signal's way is the shortest, as no other thread has to be woken for it.
	// MaxFrontProcs is the same in the front, which has the program's load.
	// At the start there are two, as much of it is handshakes between threads.
	MaxProcs      = 1
	startProcs    = 2
	MaxFrontProcs = 8

	// SpareThreads are for goroutines that wait in a system call: a look into
	// /proc that hangs, a line for a standard error that nobody reads. With a crowd,
	// orphans and a drain at once 8 threads were the most that were seen where there
	// was time, 5 of them without these; on a machine that is late, 10.
	SpareThreads = 10

	// roomLeft is what the reserve leaves of the limit of processes. Without a reserve
	// drainit still starts in very little.
	roomLeft = 16

	// forkRoom is what has to be left of it for a further process of drainit's own
	// where the reserve is not whole: that has some 7 threads, and the rest is for this
	// one's.
	forkRoom = 12
)

// short is set where there was no room for the whole reserve.
var short atomic.Bool

// LimitProcs has at most so many goroutines run at once. It stops the world.
func LimitProcs(most int) {
	if runtime.GOMAXPROCS(0) > most {
		runtime.GOMAXPROCS(most)
	}
}

// BesideIt has all else run beside a fork. Go's thread that forks keeps its right to run
// until the new process has executed its file, which may come from a disk that hangs:
// with one such right nothing else would run until then. Nor may garbage be collected,
// which waits for every thread that has the right; GOMAXPROCS waits for the end of a
// collection under way.
func BesideIt(fork func()) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(math.MaxInt64)
	defer LimitMemory()
	most := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(most + 1)
	defer runtime.GOMAXPROCS(most)
	fork()
}

// ReserveThreads makes the threads that will be needed while there is room for
// them. Where Go's runtime wants one more and the limit of processes is reached
// (pids of cgroups(7), RLIMIT_NPROC) it ends the process, and with PID 1 the
// container. Threads are never given up, and an idle one is taken before one is
// made.
func ReserveThreads(n int) {
	if room, ok := proc.PIDRoom(); ok && n > room-roomLeft {
		n = max(0, room-roomLeft)
		short.Store(true)
	}
	makeThreads(n)
}

// MayFork returns an error where a further process of drainit's own could take what
// this one's threads may need.
func MayFork() error {
	if !short.Load() {
		return nil
	}
	if room, ok := proc.PIDRoom(); ok && room < forkRoom {
		return fmt.Errorf("of the limit of processes (pids, RLIMIT_NPROC) %d are left, and %d are wanted", room, forkRoom)
	}
	return nil
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

// LimitMemory replaces what GOGC and GOMEMLIMIT have set. It stops the world, so
// that the start does not wait for it.
func LimitMemory() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
}

// GiveBack gives the kernel back what answering has left as garbage, of which Go's
// runtime keeps up to 2 MiB for the next time. It stops the world.
func GiveBack() { debug.FreeOSMemory() }

const (
	// gcPercent and memoryLimit keep the garbage small; GOGC and GOMEMLIMIT are
	// meant for the child.
	gcPercent   = 50
	memoryLimit = 16 << 20
)
