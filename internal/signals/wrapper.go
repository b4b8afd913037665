package signals

import (
	"slices"
	"strings"
	"syscall"
)

// kind says what a process is to somebody who looks for the program.
type kind int

const (
	kindProgram kind = iota // the program itself, or nothing that is known here
	kindShell               // runs one command after the other; passes no signal on
	kindRunner              // npm and its like: starts a shell that starts the program
	kindInit                // another init: passes every signal on to its one child
)

func (p Process) kind() kind {
	for _, name := range commandOf(p.Comm, p.Argv).names {
		switch {
		case isShell(name):
			return kindShell
		case isRunner(name):
			return kindRunner
		case isInit(name):
			return kindInit
		}
	}
	return kindProgram
}

func isShell(name string) bool {
	return slices.Contains([]string{"sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh"}, name)
}

func isInit(name string) bool {
	return slices.Contains([]string{"tini", "docker-init", "dumb-init", "catatonit"}, name) || strings.HasPrefix(name, "tini-")
}

// isRunner reports whether name is a package manager of Node.js that runs a
// script of package.json: the word its title begins with, or its own script.
func isRunner(name string) bool {
	return slices.Contains([]string{"npm", "npm-cli", "npx", "npx-cli", "yarn", "yarnpkg", "pnpm", "pnpx"}, name) ||
		strings.HasPrefix(name, "yarn-") // yarn-4.1.0.cjs in the project itself
}

// lookThrough returns the process that runs the program and the PIDs of what is
// wrapped around it, outermost first. A process is looked through if it has
// exactly one child, so that there is no doubt which, and
//
//   - it is another init, which would pass the signal on and do nothing else;
//   - it is npm or its like. These catch SIGTERM, but to pass it on to the shell
//     they have started, which ends without telling the program
//     (@npmcli/run-script, signal-manager.js);
//   - it is a shell that would do nothing with SIGTERM: a trap is its author's
//     own way to stop. SIGINT says nothing of a shell, most catch it to see
//     whether their command died of it.
func lookThrough(root Process) (Process, []int) {
	var wrappers []int
	p := root
	for len(p.Children) == 1 && p.transparent() {
		wrappers = append(wrappers, p.PID)
		p = p.Children[0]
	}
	return p, wrappers
}

func (p Process) transparent() bool {
	switch p.kind() {
	case kindInit, kindRunner:
		return true
	case kindShell:
		return !p.MasksUnknown && !p.handles(syscall.SIGTERM)
	}
	return false
}
