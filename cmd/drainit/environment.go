package main

import (
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// keepPrefix marks, in the environment of this process alone, a variable that
// was set aside for the child.
const keepPrefix = "_DRAINIT_KEEP_"

// beforeMain names the variables that Go's runtime reads before main and that
// cannot be taken back: tracing to standard error, crash dumps, threads.
var beforeMain = []string{"GODEBUG", "GOTRACEBACK", "GOMAXPROCS"}

// shieldRuntime executes this program again where the environment holds a
// variable that tunes the Go program it is about to start but would tune
// drainit as well, with the variable set aside. It returns the child's
// environment: the original, in its order.
//
// Where that fails (no /proc) drainit lives with the variable.
func shieldRuntime(env []string) []string {
	shielded, found := setAside(env)
	if found {
		if self, err := os.Readlink("/proc/self/exe"); err == nil {
			_ = syscall.Exec(self, os.Args, shielded)
		}
		return env
	}
	return restore(env)
}

func setAside(env []string) (shielded []string, found bool) {
	shielded = make([]string, len(env))
	for i, kv := range env {
		shielded[i] = kv
		for _, name := range beforeMain {
			if strings.HasPrefix(kv, name+"=") {
				shielded[i] = keepPrefix + kv
				found = true
			}
		}
	}
	return shielded, found
}

func restore(env []string) []string {
	restored := make([]string, len(env))
	for i, kv := range env {
		restored[i] = strings.TrimPrefix(kv, keepPrefix)
	}
	return restored
}

const (
	// gcPercent and memoryLimit keep the garbage small; GOGC and GOMEMLIMIT are
	// meant for the child.
	gcPercent   = 25
	memoryLimit = 16 << 20
)

// limitMemory replaces what GOGC and GOMEMLIMIT have set. It stops the world, so
// that the start does not wait for it.
func limitMemory() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
}
