// Command pause keeps a pod's namespaces, as Kubernetes' own does, for which there is no registry here: it ends when
// asked to, and reaps what becomes its child where a pod shares its PID namespace.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	for s := range signals {
		if s != syscall.SIGCHLD {
			return
		}
		for pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid > 0 && err == nil; pid, err = syscall.Wait4(-1, nil, syscall.WNOHANG, nil) {
		}
	}
}
