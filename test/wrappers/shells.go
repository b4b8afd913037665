package main

import "strings"

// A script is a shell's command line around the program, PROG. What it runs after it, NEXT, and in a trap, TRAPPED, are
// builtins that write to the log, so that nothing is too quick to be seen. SH is the same shell once more.
type script string

var scripts = []script{
	"PROG; NEXT",
	"PROG && NEXT",
	"PROG || NEXT",
	"if PROG; then NEXT; else NEXT; fi",
	"while :; do PROG; NEXT; done",
	"until PROG; do NEXT; done",
	"while PROG; do NEXT; done",
	"for i in 1 2; do PROG; done; NEXT",
	"set -e; PROG; NEXT",
	"PROG | cat; NEXT",
	"(PROG; NEXT); NEXT",
	"x=$(PROG); NEXT",
	"PROG & wait; NEXT",
	"PROG & wait $!; NEXT",
	"SH 'PROG; NEXT'; NEXT",
	"SH 'SH \"PROG; NEXT\"; NEXT'; NEXT",
	"trap 'TRAPPED' EXIT; PROG; NEXT",
	"trap 'TRAPPED' INT; PROG; NEXT",
	"trap 'TRAPPED' TERM; PROG; NEXT",
	"trap 'TRAPPED; exit 3' TERM; PROG; NEXT",
	"trap 'TRAPPED' EXIT INT TERM; PROG; NEXT",
	"trap '' TERM; PROG; NEXT",
	"trap 'TRAPPED' TERM; PROG & wait; NEXT",
	"trap 'TRAPPED; exit 3' TERM; PROG & wait; NEXT",
	"trap 'TRAPPED' TERM; while :; do PROG; NEXT; done",
}

// written returns the script for a shell, which is also the one inside.
func (s script) written(shell []string) string {
	inner := strings.Join(shell, " ") + " -c"
	return strings.NewReplacer("PROG", program, "NEXT", "echo next >>"+logPath, "TRAPPED", "echo trapped >>"+logPath, "SH", inner).Replace(string(s))
}

// A shell is a program that runs scripts given with -c.
type shell struct {
	name    string
	command []string
	pack    string // Debian's
}

var shells = []shell{
	{"dash", []string{"dash"}, "dash"},
	{"bash", []string{"bash"}, "bash"},
	{"bash as sh", []string{"/tmp/sh"}, "bash"},
	{"busybox ash", []string{"busybox", "sh"}, "busybox"},
	{"zsh", []string{"zsh"}, "zsh"},
	{"mksh", []string{"mksh"}, "mksh"},
	{"ksh93", []string{"ksh93"}, "ksh93u+m"},
	{"yash", []string{"yash"}, "yash"},
	{"posh", []string{"posh"}, "posh"},
}

// A method is a way to end a shell and its program.
type method struct {
	name  string
	steps []string // END is how the program ends
	ends  []string
}

// How a program ends that was told to: having drained, by the signal, or with a status of its own.
var (
	threeEnds = []string{"exit0", "die", "exit7"}
	twoEnds   = []string{"exit0", "die"}
)

const rest = "watch 1800ms" // mksh takes 1 s to end by SIGHUP

var methods = []method{
	{"STOP, end, TERM+CONT", []string{"STOP around", "END program", "TERM+CONT around", rest}, threeEnds},
	{"STOP, end, KILL", []string{"STOP around", "END program", "KILL around", rest}, twoEnds},
	{"STOP, end, CONT", []string{"STOP around", "END program", "CONT around", rest}, twoEnds},
	{"STOP, end, INT+CONT", []string{"STOP around", "END program", "INT+CONT around", rest}, twoEnds},
	{"STOP, end, QUIT+CONT", []string{"STOP around", "END program", "QUIT+CONT around", rest}, twoEnds},
	{"STOP, end, HUP+CONT", []string{"STOP around", "END program", "HUP+CONT around", rest}, twoEnds},
	{"TERM to the outer shell", []string{"TERM outer", "watch 300ms", "END program", rest}, twoEnds},
	{"INT to the outer shell", []string{"INT outer", "watch 300ms", "END program", rest}, twoEnds},
	{"end", []string{"END program", rest}, threeEnds},
}
