package config

import (
	"os"
	"strings"
	"syscall"

	"drainit/internal/proc"
)

// keepPrefix marks, in the environment of this process alone, a variable that
// was set aside for the child.
const keepPrefix = "_DRAINIT_KEEP_"

// Environ returns the environment as it was given. os.Environ leaves out all but the
// first of several variables of one name, of which a program may take the last.
// Without /proc that has to do.
func Environ() []string {
	known := os.Environ()
	given, err := proc.Environ(os.Getpid())
	if err != nil || len(given) < len(known) {
		return known
	}
	return given
}

// beforeMain names the variables that Go's runtime reads before main and that
// cannot be taken back: tracing to standard error, crash dumps, threads.
var beforeMain = []string{"GODEBUG", "GOTRACEBACK", "GOMAXPROCS"}

// ShieldRuntime executes this program again where the environment holds a
// variable that tunes the Go program it is about to start but would tune
// drainit as well, with the variable set aside. It returns the child's
// environment: the original, in its order.
//
// Where that fails (no /proc) drainit lives with the variable.
func ShieldRuntime(env []string) []string {
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
