// Go's runtime would follow a limit of processors that is raised later:
// process.ReserveThreads counts on a few.
//
//go:debug updatemaxprocs=0

// Command drainit is a tiny init for containers that drains before it stops: it
// reaps zombies, forwards signals, and turns the platform's stop into a drain.
// See docs/reference.md.
package main

import (
	"os"
	"runtime"

	"drainit/internal/config"
	"drainit/internal/ctl"
	"drainit/internal/frontproc"
	"drainit/internal/helper"
	launching "drainit/internal/launch"
	"drainit/internal/process"
	"drainit/internal/supervisor"
)

// The main goroutine stays on the first thread only if it is locked to it before
// main (runtime.LockOSThread): see process.FirstThread.
func init() { runtime.LockOSThread() }

func main() {
	if len(os.Args) > 1 && os.Args[1] == "ctl" {
		process.EndEarly()
		os.Exit(ctl.Run(os.Args[2:], os.Environ(), os.Stdout, os.Stderr))
	}
	if process.HasRole(os.Args, frontproc.Name) {
		os.Exit(frontproc.Run())
	}
	if process.HasRole(os.Args, helper.Name) {
		os.Exit(helper.Run())
	}
	if env := config.Environ(); launching.IsOwnPID(os.Args, env) {
		os.Exit(launching.OwnPID(os.Args, env))
	}
	os.Exit(supervisor.Run(os.Args[1:], config.ShieldRuntime(config.Environ())))
}
