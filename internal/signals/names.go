package signals

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// Signal is a signal number, 1 to 64 on every platform drainit is built for.
type Signal = syscall.Signal

// The real-time signals as glibc and every tool that prints them number them.
// The kernel's begin at 32; glibc keeps 32 and 33 for its threads, so its
// SIGRTMIN is 34 (signal(7), nptl(7)). musl keeps 34 as well and says 35, but
// STOPSIGNAL SIGRTMIN+3 means 37 wherever the image was built.
const (
	rtMin Signal = 34
	rtMax Signal = 64

	// haltSignal asks systemd to halt and is the STOPSIGNAL of images that run
	// it as PID 1 (systemd(1)).
	haltSignal = rtMin + 3
)

// names holds the standard signals of signal(7) by their Linux numbers.
var names = [...]string{
	1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 5: "TRAP", 6: "ABRT", 7: "BUS", 8: "FPE",
	9: "KILL", 10: "USR1", 11: "SEGV", 12: "USR2", 13: "PIPE", 14: "ALRM", 15: "TERM", 16: "STKFLT",
	17: "CHLD", 18: "CONT", 19: "STOP", 20: "TSTP", 21: "TTIN", 22: "TTOU", 23: "URG", 24: "XCPU",
	25: "XFSZ", 26: "VTALRM", 27: "PROF", 28: "WINCH", 29: "IO", 30: "PWR", 31: "SYS",
}

// Name returns the name of a signal as bash's kill -l prints it: SIGTERM,
// SIGRTMIN+3, SIGRTMAX-2, counted from the nearer end. Numbers without a name,
// 32 and 33 among them, come as digits. Parse reads all of these back.
func Name(sig Signal) string {
	switch {
	case sig >= 1 && int(sig) < len(names):
		return "SIG" + names[sig]
	case sig == rtMin:
		return "SIGRTMIN"
	case sig > rtMin && sig-rtMin <= rtMax-sig:
		return "SIGRTMIN+" + strconv.Itoa(int(sig-rtMin))
	case sig > rtMin && sig < rtMax:
		return "SIGRTMAX-" + strconv.Itoa(int(rtMax-sig))
	case sig == rtMax:
		return "SIGRTMAX"
	}
	return strconv.Itoa(int(sig))
}

// Parse reads a signal as platforms and people write it: TERM, SIGTERM,
// sigterm, 15, RTMIN+3, SIGRTMAX-1, and the other names of signal(7) (CLD, IOT,
// POLL, UNUSED). Whether drainit can receive it is for Receivable to say.
func Parse(s string) (Signal, error) {
	var sig Signal
	name := strings.TrimPrefix(strings.ToUpper(s), "SIG")
	switch {
	case isDigits(s):
		sig = parseNumber(s)
	case strings.HasPrefix(name, "RTM"):
		sig = parseRealTime(name)
	default:
		sig = parseStandard(name)
	}
	if sig == 0 {
		return 0, fmt.Errorf("%q is not a signal: want a name such as SIGTERM, TERM or SIGRTMIN+3, or a number from 1 to 64", s)
	}
	return sig, nil
}

// The parsers below return 0, which is no signal, for what they cannot read.

func parseNumber(digits string) Signal {
	n, err := strconv.Atoi(digits)
	if err != nil || n > int(rtMax) {
		return 0
	}
	return Signal(n)
}

func parseStandard(name string) Signal {
	switch name {
	case "": // not what names holds at 0
		return 0
	case "CLD":
		return syscall.SIGCHLD
	case "IOT":
		return syscall.SIGABRT
	case "POLL":
		return syscall.SIGIO
	case "UNUSED":
		return syscall.SIGSYS
	}
	for n, have := range names {
		if have == name {
			return Signal(n)
		}
	}
	return 0
}

func parseRealTime(name string) Signal {
	switch name {
	case "RTMIN":
		return rtMin
	case "RTMAX":
		return rtMax
	}
	offset, up := strings.CutPrefix(name, "RTMIN+")
	if !up {
		var down bool
		if offset, down = strings.CutPrefix(name, "RTMAX-"); !down {
			return 0
		}
	}
	n, err := strconv.Atoi(offset)
	if err != nil || !isDigits(offset) || n > int(rtMax-rtMin) {
		return 0
	}
	if up {
		return rtMin + Signal(n)
	}
	return rtMax - Signal(n)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
