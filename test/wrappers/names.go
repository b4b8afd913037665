package main

import (
	"fmt"
	"strings"
	"syscall"
)

var signalNames = map[syscall.Signal]string{
	syscall.SIGHUP: "HUP", syscall.SIGINT: "INT", syscall.SIGQUIT: "QUIT", syscall.SIGABRT: "ABRT",
	syscall.SIGKILL: "KILL", syscall.SIGUSR1: "USR1", syscall.SIGUSR2: "USR2", syscall.SIGPIPE: "PIPE",
	syscall.SIGALRM: "ALRM", syscall.SIGTERM: "TERM", syscall.SIGCHLD: "CHLD", syscall.SIGCONT: "CONT",
	syscall.SIGSTOP: "STOP", syscall.SIGTSTP: "TSTP", syscall.SIGTTIN: "TTIN", syscall.SIGTTOU: "TTOU",
	syscall.SIGWINCH: "WINCH", syscall.SIGSEGV: "SEGV", syscall.SIGBUS: "BUS", syscall.SIGILL: "ILL",
	syscall.SIGFPE: "FPE", syscall.SIGTRAP: "TRAP", syscall.SIGSYS: "SYS", syscall.SIGXCPU: "XCPU",
	syscall.SIGXFSZ: "XFSZ", syscall.SIGVTALRM: "VTALRM", syscall.SIGPROF: "PROF", syscall.SIGIO: "IO",
	syscall.SIGPWR: "PWR", syscall.SIGURG: "URG", syscall.SIGSTKFLT: "STKFLT",
}

// nameOf returns the name of a signal without SIG.
func nameOf(s syscall.Signal) string {
	if name, known := signalNames[s]; known {
		return name
	}
	return fmt.Sprint(int(s))
}

// signalOf is the other way round.
func signalOf(name string) (syscall.Signal, bool) {
	for s, n := range signalNames {
		if n == name {
			return s, true
		}
	}
	return 0, false
}

// namesOf returns the names of a mask as in /proc/PID/status, without real-time signals.
func namesOf(mask uint64) string {
	var names []string
	for s := syscall.Signal(1); s < 32; s++ {
		if mask&(1<<(s-1)) != 0 {
			names = append(names, nameOf(s))
		}
	}
	if len(names) == 0 {
		return "-"
	}
	return strings.Join(names, ",")
}
