// Command helper is the programs that the Docker tests run in their
// containers: a server, a process that says which signals it got, one that
// leaves orphans, and so on, each under a name of its own.
//
// It knows nothing of drainit. What it does it says on stdout, one fact a
// line, and it says "ready" once it may be signalled; what the facts mean the
// tests decide.
package main

import (
	"fmt"
	"os"
	"path"
)

// A program is one of the things helper can be. It returns its exit status.
type program func(args []string) (status int, err error)

// programNamed returns the program of that name, or nil.
func programNamed(name string) program {
	switch name {
	case "serve":
		return serve
	case "hog-port":
		return hogPort
	case "queue":
		return queue
	case "print-signals":
		return printSignals
	case "pause":
		return pause
	case "terminal":
		return terminal
	case "orphans":
		return orphans
	case "leave-orphans":
		return leaveOrphans
	case "nothing":
		return nothing
	case "count-zombies":
		return countZombies
	case "leave-descendant":
		return leaveDescendant
	case "finish-late":
		return finishLate
	case "eat":
		return eat
	case "as":
		return as
	case "may-bind":
		return mayBind
	case "see-fds":
		return seeFDs
	}
	return nil
}

func main() {
	if len(os.Args) < 2 || programNamed(os.Args[1]) == nil {
		fmt.Fprintf(os.Stderr, "helper: %q is no program of mine; see %s\n",
			os.Args[1:], path.Join("test", "docker", "helper", "main.go"))
		os.Exit(2)
	}
	status, err := programNamed(os.Args[1])(os.Args[2:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "helper %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	os.Exit(status)
}

// say writes one fact to stdout.
func say(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
}
