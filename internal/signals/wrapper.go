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
	kindEnding              // a shell that has nothing left to do once its command has ended, but to end
	kindRunner              // npm and its like: starts a shell that starts the program
	kindWrapper             // timeout, su and their like: wait for the one command they run, and end with it
	kindLister              // make, parallel: run several commands, and pass on to them what they think best
	kindInit                // another init: passes every signal on to its one child
	kindRelay               // another init that does more with a signal than pass it on to its child
)

func (p *Process) kind() kind {
	c := commandOf(p.Comm, p.Argv)
	for _, name := range c.names {
		switch {
		case isShell(name):
			return p.shellKind()
		case isRunner(name):
			return kindRunner
		case isWrapper(name):
			return kindWrapper
		case slices.Contains([]string{"make", "gmake", "parallel"}, name):
			return kindLister
		case isDrainit(c):
			return kindRelay
		case isInit(name):
			return initKind(name, c.args)
		}
	}
	return kindProgram
}

func (p *Process) shellKind() kind {
	if endsWithCommand(p.script(), p.arguments()) {
		return kindEnding
	}
	return kindShell
}

// Gathers reports whether p's children matter for who is told what: it wraps a
// program, or runs others and would leave them behind, as the end of a shell does.
// Of what handles SIGTERM, and of what is known, the children are its own.
func (p *Process) Gathers() bool {
	return p.kind() != kindProgram || p.endedBy(syscall.SIGTERM) && Identify(p.Comm, p.Argv).Name == ""
}

// IsShell reports whether p is a shell.
func (p *Process) IsShell() bool {
	k := p.kind()
	return k == kindShell || k == kindEnding
}

// IsDrainit reports whether p is another drainit, as an init.
func (p *Process) IsDrainit() bool { return isDrainit(commandOf(p.Comm, p.Argv)) }

// isDrainit knows the file by its usual names: drainit, drainit-linux-arm64.
func isDrainit(c command) bool {
	isNamed := func(name string) bool { return name == "drainit" || strings.HasPrefix(name, "drainit-linux-") }
	return slices.ContainsFunc(c.names, isNamed) && (len(c.args) == 0 || c.args[0] != "ctl")
}

func isShell(name string) bool {
	return slices.Contains([]string{"sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "lksh", "posh", "yash", "fish", "csh", "tcsh"}, name)
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

// isWrapper reports whether name is a command that runs another one, waits for it
// and ends with its status. Those that take a signal for the whole would do the
// wrong thing with it: su(1) kills its command after 2 s, timeout(1) sends what it
// got. What executes its command (env, nice, gosu) is not there to be found.
func isWrapper(name string) bool {
	return slices.Contains(wrappers, name)
}

var wrappers = []string{
	"su", "runuser", "sudo", "doas", "timeout", "script", // would pass on what they think best
	"flock", "sg", "time", "strace", "ltrace", "unshare", "nsenter", // would end without it
}

// lookThrough returns the process that runs the program and what is wrapped
// around it. A process is looked through if it has exactly one child, so that
// there is no doubt which, and ends with it: another init, which would pass the
// signal on and do nothing else; npm or its like, which catch SIGTERM, but to pass
// it on to the shell they have started (@npmcli/run-script, signal-manager.js);
// su, timeout and their like; a shell that has nothing else to do and no trap, but
// below npm, which goes on to its next script where that ends with 0.
//
// A relay is looked through to learn what the program is, and gets the signal.
func lookThrough(root *Process) (p *Process, around wrapping) {
	p = root
	for inRunner := false; len(p.Children) == 1 && p.transparent() && !(inRunner && p.kind() == kindEnding); {
		inRunner = p.kind() == kindRunner
		switch {
		case around.relay != nil:
		case p.kind() == kindRelay:
			around.relay = p
		default:
			around.pids = append(around.pids, p.PID)
		}
		around.holds = around.holds || p.LeadsTerminal || p.endsItsGroup()
		p = &p.Children[0]
	}
	return p, around
}

// wrapping is what is around a program: PIDs from the outside, and the first
// relay, if there is one, which is inside of those.
type wrapping struct {
	pids  []int
	relay *Process
	holds bool // the end of what is in it would do harm: one of them leads a terminal, or see endsItsGroup
}

// endsItsGroup reports whether p sends its process group SIGTERM when its child ends,
// and so what that leaves behind: dumb-init does (dumb-init.c, handle_signal), but
// with --single-child.
func (p *Process) endsItsGroup() bool {
	c := commandOf(p.Comm, p.Argv)
	return slices.Contains(c.names, "dumb-init") && !hasOption(c.args, "c", "r", "single-child")
}

func (p *Process) transparent() bool {
	switch p.kind() {
	case kindInit, kindRunner, kindWrapper, kindRelay:
		return true
	case kindEnding:
		return p.endsBySIGTERM()
	}
	return false
}

// endsBySIGTERM reports whether SIGTERM keeps a shell from its next command: it has no
// trap for it, and does not ignore it. mksh and posh catch SIGTERM in any case and
// end of it when their command has ended, so that their script has to say it.
func (p *Process) endsBySIGTERM() bool {
	if c := commandOf(p.Comm, p.Argv); slices.Contains([]string{"mksh", "lksh", "posh"}, c.names[0]) {
		return !p.MasksUnknown && !p.Ignored.Has(syscall.SIGTERM) && !hasTrap(p.script())
	}
	return p.endedBy(syscall.SIGTERM)
}
