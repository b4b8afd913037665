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
	kindRelay               // another init that does more with a signal than pass it on to its child
)

func (p Process) kind() kind {
	c := commandOf(p.Comm, p.Argv)
	for _, name := range c.names {
		switch {
		case isShell(name):
			return kindShell
		case isRunner(name):
			return kindRunner
		case isDrainit(c):
			return kindRelay
		case isInit(name):
			return initKind(name, c.args)
		}
	}
	return kindProgram
}

// Wraps reports whether p may be looked through, so that its children matter.
func (p Process) Wraps() bool { return p.kind() != kindProgram }

// IsDrainit reports whether p is another drainit, as an init.
func (p Process) IsDrainit() bool { return isDrainit(commandOf(p.Comm, p.Argv)) }

// isDrainit knows the file by its usual names: drainit, drainit-linux-arm64.
func isDrainit(c command) bool {
	isNamed := func(name string) bool { return name == "drainit" || strings.HasPrefix(name, "drainit-linux-") }
	return slices.ContainsFunc(c.names, isNamed) && (len(c.args) == 0 || c.args[0] != "ctl")
}

func isShell(name string) bool {
	return slices.Contains([]string{"sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh"}, name)
}

func isInit(name string) bool {
	return slices.Contains([]string{"tini", "docker-init", "dumb-init", "catatonit"}, name) || strings.HasPrefix(name, "tini-")
}

// initKind tells an init that only passes signals on from one that was told to do
// something else: tini -g signals its child's group, dumb-init --rewrite
// translates. catatonit has nothing of the kind (catatonit(1)), nor docker-init,
// which is a tini.
func initKind(name string, args []string) kind {
	switch {
	case name == "dumb-init" && hasOption(args, "r", "", "rewrite"):
		return kindProgram
	case name != "dumb-init" && name != "catatonit" && hasOption(args, "g", "pe", ""):
		return kindRelay
	}
	return kindInit
}

// hasOption reports whether the options before a command have a short one, alone
// or among others, or a long one, which getopt_long(3) takes shortened. Those of
// value have one, in the same argument or the next.
func hasOption(args []string, short, value, long string) bool {
	for ; len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "--"; args = args[1:] {
		if name, ok := strings.CutPrefix(args[0], "--"); ok {
			name, _, _ = strings.Cut(name, "=")
			if long != "" && strings.HasPrefix(long, name) {
				return true
			}
			continue
		}
		letters := args[0][1:]
		if i := strings.IndexAny(letters, value); i >= 0 {
			if i == len(letters)-1 {
				args = skip(args)
			}
			letters = letters[:i]
		}
		if strings.Contains(letters, short) {
			return true
		}
		if len(args) == 0 {
			break
		}
	}
	return false
}

// isRunner reports whether name is a package manager of Node.js that runs a
// script of package.json: the word its title begins with, or its own script.
func isRunner(name string) bool {
	return slices.Contains([]string{"npm", "npm-cli", "npx", "npx-cli", "yarn", "yarnpkg", "pnpm", "pnpx"}, name) ||
		strings.HasPrefix(name, "yarn-") // yarn-4.1.0.cjs in the project itself
}

// lookThrough returns the process that runs the program and what is wrapped
// around it. A process is looked through if it has exactly one child, so that
// there is no doubt which, and
//
//   - it is another init, which would pass the signal on and do nothing else;
//   - it is npm or its like. These catch SIGTERM, but to pass it on to the shell
//     they have started, which ends without telling the program
//     (@npmcli/run-script, signal-manager.js);
//   - it is a shell that would do nothing with SIGTERM: a trap is its author's
//     own way to stop. SIGINT says nothing of a shell, most catch it to see
//     whether their command died of it.
//
// A relay is looked through to learn what the program is, and gets the signal.
func lookThrough(root Process) (p Process, around wrapping) {
	p = root
	for len(p.Children) == 1 && p.transparent() {
		switch {
		case around.relay.PID != 0:
		case p.kind() == kindRelay:
			around.relay = p
		default:
			around.pids = append(around.pids, p.PID)
		}
		p = p.Children[0]
	}
	return p, around
}

// wrapping is what is around a program: PIDs from the outside, and the first
// relay, if there is one, which is inside of those.
type wrapping struct {
	pids  []int
	relay Process
}

func (p Process) transparent() bool {
	switch p.kind() {
	case kindInit, kindRunner, kindRelay:
		return true
	case kindShell:
		return !p.MasksUnknown && !p.handles(syscall.SIGTERM)
	}
	return false
}
