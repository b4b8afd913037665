// Command listener is the program under the init whose memory is measured: it listens on a TCP port, so that readiness
// is green, says so, and ends with status 0 at the end of its standard input.
package main

import (
	"syscall"

	"drainit/test/bench/stamp"
)

func main() {
	makeThreads()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		err = syscall.Listen(fd, 1) // on any free port, as without bind (ip(7))
	}
	if err != nil {
		syscall.Exit(1)
	}
	stamp.Write()
	var b [1]byte
	syscall.Read(0, b[:])
}
