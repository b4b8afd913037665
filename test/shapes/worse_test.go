package shapes_test

import (
	"syscall"
	"testing"
	"time"
)

// TestWorse: what was worse under drainit than under tini. A stop that ends an
// inner process alone lets the outer ones go on as if a command had failed.
func TestWorse(t *testing.T) {
	t.Parallel()
	rows(t, []shape{
		{
			name: "dump and rename", shells: allShells, // restic#1064
			script: `sleep 1000 >/t/tmp; mark mv; mv /t/tmp /t/final`,
			up:     "sleep", status: "143", hasNot: "final",
		},
		{
			name: "dump and rename, set -e", shells: allShells,
			script: "set -e\nsleep 1000 >/t/tmp || true\nmark mv\nmv /t/tmp /t/final",
			up:     "sleep", status: "143", hasNot: "final",
		},
		{
			name: "job in a loop", shells: allShells, // nextcloud/all-in-one#3214
			script: `while true; do mark job; sleep 1000; done`,
			up:     "sleep", status: "143",
		},
		{
			name: "INT trap", shells: allShells, // podman#7821
			script: `trap 'mark cleanup; exit 0' INT; sleep 1000 & wait`, stop: syscall.SIGINT,
			up: "sleep", after: "cleanup", status: "0",
		},
		{
			name: "QUIT trap", shells: allShells,
			script: `trap 'mark cleanup; exit 0' QUIT; sleep 1000 & wait`, stop: syscall.SIGQUIT,
			up: "sleep", after: "cleanup", status: "0",
		},
		{
			name: "TERM trap", shells: allShells,
			script: `trap 'mark cleanup; exit 0' TERM; sleep 1000 & wait`,
			up:     "sleep", after: "cleanup", status: "0",
		},
		{
			name: "INT and TERM traps, the one of the stop runs", shells: allShells,
			script: `trap 'mark int; exit 1' INT; trap 'mark term; exit 2' TERM; sleep 1000 & wait`, stop: syscall.SIGINT,
			up: "sleep", after: "int", status: "1",
		},
		{
			name: "job that finishes on QUIT", // resque#1006
			argv: []string{"job", "-on", "QUIT", "-finish", "3s"}, stop: syscall.SIGQUIT,
			up: "job:ready", told: map[string]string{"job": "QUIT"}, lines: "job done", status: "0", atLeast: 3 * time.Second,
		},
		{
			name: "job that finishes on INT",
			argv: []string{"job", "-on", "INT", "-finish", "3s"}, stop: syscall.SIGINT,
			up: "job:ready", told: map[string]string{"job": "INT"}, lines: "job done", status: "0", atLeast: 3 * time.Second,
		},
		{
			name: "job that finishes on QUIT, in a shell", shells: allShells,
			script: `job -on QUIT -finish 3s; mark next`, stop: syscall.SIGQUIT,
			up: "job:ready", told: map[string]string{"job": "QUIT"}, lines: "job done", status: "131|143", atLeast: 3 * time.Second,
		},
		{
			name:   "kill -3 of a JVM beside a TERM trap",
			argv:   []string{"bash", "-c", `trap 'kill $P; wait $P; mark trap; exit 0' TERM; java & P=$!; wait`},
			passed: syscall.SIGQUIT,
			up:     "java:ready", after: "trap", told: map[string]string{"java": "TERM|QUIT TERM"}, lines: "java done", status: "0",
		},
		{
			name: "init that adopts, between", argv: []string{"tini", "-s", "--", "sh", "-c", `sh -c 'serve; mark inner'; mark outer`},
			up: "serve:ready", told: term, lines: "serve done", status: "143",
		},
	})
}

// TestNothingGoesOn: the same in every way in which a shell goes on.
func TestNothingGoesOn(t *testing.T) {
	t.Parallel()
	var shapes []shape
	for name, script := range map[string]string{
		"then":            `sleep 1000; mark next`,
		"and":             `sleep 1000 && mark next`,
		"or":              `sleep 1000 || mark next`,
		"and or":          `sleep 1000 && mark a || mark b; mark c`,
		"not":             `! sleep 1000 && mark next`,
		"while":           `while true; do sleep 1000; mark next; done`,
		"while condition": `while sleep 1000; do :; done; mark next`,
		"until":           `until sleep 1000; do mark next; done`,
		"for":             `for i in a b c; do sleep 1000; mark $i; done`,
		"if":              `if sleep 1000; then mark a; else mark b; fi`,
		"case":            `case $(sleep 1000; mark a) in *) mark b;; esac`,
		"step":            `sleep 1000; mark step; exec sleep 999`,
		"nested":          `sh -c 'sleep 1000; mark inner'; mark outer`,
		"thrice nested":   `sh -c "sh -c 'sleep 1000; mark c'; mark b"; mark a`,
		"subshell":        `(sleep 1000; mark inner); mark outer`,
		"group":           `{ sleep 1000; mark inner; }; mark outer`,
		"function":        `f() { sleep 1000; mark inner; }; f; mark outer`,
		"substitution":    `x=$(sleep 1000; mark inner); mark outer`,
		"pipeline":        `sleep 1000 | cat; mark next`,
		"pipeline's end":  `true | sleep 1000; mark next`,
		"pipeline both":   `(sleep 1000; mark inner) | cat; mark outer`,
		"read":            `sleep 1000 | while read -r x; do mark inner; done; mark outer`,
		"here document":   "sh <<'EOF'\nsleep 1000\nmark inner\nEOF\nmark outer",
		"eval":            `eval 'sleep 1000; mark inner'; mark outer`,
		"redirected":      `{ sleep 1000; mark inner; } >/dev/null 2>&1; mark outer`,
		"wait":            `sleep 1000 & wait; mark next`,
		"wait for it":     `sleep 1000 & wait $!; mark next`,
		"background step": `(sleep 1000; mark background) & sleep 999; mark next`,
	} {
		shapes = append(shapes, shape{name: name, script: script, shells: allShells, up: "sleep"})
	}
	rows(t, shapes)
}
