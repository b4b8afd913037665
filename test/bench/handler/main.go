// Command handler is the program under the init whose signals are measured. It says when it began to catch signals,
// then when it has caught each SIGUSR1, and ends at once, with status 0, on SIGTERM.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"drainit/test/bench/stamp"
)

func main() {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGUSR1, syscall.SIGTERM)
	stamp.Write()
	for s := range caught {
		if s == syscall.SIGTERM {
			os.Exit(0)
		}
		stamp.Write()
	}
}
