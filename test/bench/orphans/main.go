// Command orphans is the program under the init whose reaping is measured. It says that it began, reads from standard
// input how many orphans to make (eight bytes, native order), says when it begins to and when the last of them has been
// reaped, and ends with status 0 at the end of its standard input. It never has more than a batch of them.
package main

import (
	"encoding/binary"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"drainit/test/bench/stamp"
)

// batch is how many orphans there are at once.
const batch = 100

func main() {
	runtime.LockOSThread()
	debug.SetGCPercent(-1) // nothing but this thread is copied by a fork
	stamp.Write()
	var n int64
	if binary.Read(os.Stdin, binary.NativeEndian, &n) != nil {
		os.Exit(1)
	}
	stamp.Write()
	for ; n > 0; n -= batch {
		if orphan(int(min(n, batch))) != nil {
			os.Exit(1)
		}
	}
	stamp.Write()
	var b [1]byte
	os.Stdin.Read(b[:]) //nolint:errcheck // its end is what is waited for
}

// orphan makes n orphans that end one by one right after they have become orphans, and returns once all are reaped.
func orphan(n int) error {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	parent, errno := fork()
	if errno == 0 && parent == 0 {
		beParent(n, uintptr(pipe[0]), uintptr(pipe[1]))
	}
	unix.Close(pipe[1])
	unix.Close(pipe[0])
	if errno != 0 {
		return errno
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(int(parent), &status, 0, nil); err != nil {
		return err
	}
	if status.ExitStatus() != 0 {
		return unix.Errno(status.ExitStatus())
	}
	// A process group has members until the last one is reaped (kill(2)).
	for unix.Kill(-int(parent), 0) == nil {
		time.Sleep(20 * time.Microsecond)
	}
	return nil
}
