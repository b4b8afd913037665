// Command child is the program under the init whose start and exit are measured. It says when it began, waits for the
// end of its standard input, says when it is about to end, and ends with status 0.
package main

import (
	"syscall"

	"drainit/test/bench/stamp"
)

func main() {
	stamp.Write()
	var b [1]byte
	syscall.Read(0, b[:])
	stamp.Write()
}
