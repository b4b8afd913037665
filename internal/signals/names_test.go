package signals

import (
	"strings"
	"syscall"
	"testing"
)

// canonical is bash's kill -l, and digits for the two it has no name for.
const canonical = `
SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE
SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT
SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU
SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS 32
33 SIGRTMIN SIGRTMIN+1 SIGRTMIN+2 SIGRTMIN+3 SIGRTMIN+4 SIGRTMIN+5 SIGRTMIN+6
SIGRTMIN+7 SIGRTMIN+8 SIGRTMIN+9 SIGRTMIN+10 SIGRTMIN+11 SIGRTMIN+12 SIGRTMIN+13 SIGRTMIN+14
SIGRTMIN+15 SIGRTMAX-14 SIGRTMAX-13 SIGRTMAX-12 SIGRTMAX-11 SIGRTMAX-10 SIGRTMAX-9 SIGRTMAX-8
SIGRTMAX-7 SIGRTMAX-6 SIGRTMAX-5 SIGRTMAX-4 SIGRTMAX-3 SIGRTMAX-2 SIGRTMAX-1 SIGRTMAX`

func TestNamesOfAllSignals(t *testing.T) {
	want := strings.Fields(canonical)
	if len(want) != 64 {
		t.Fatalf("the list of names has %d entries, want 64", len(want))
	}
	for i, name := range want {
		sig := Signal(i + 1)
		if got := Name(sig); got != name {
			t.Errorf("Name(%d) = %q, want %q", int(sig), got, name)
		}
		for _, spelling := range []string{name, strings.ToLower(name), strings.TrimPrefix(name, "SIG")} {
			if got, err := Parse(spelling); got != sig || err != nil {
				t.Errorf("Parse(%q) = %d, %v, want %d", spelling, int(got), err, int(sig))
			}
		}
	}
}

// The numbers in names are Linux's; on a platform where they are others (MIPS)
// this fails before anything is sent.
func TestNumbersAreThisPlatforms(t *testing.T) {
	for name, want := range map[string]Signal{
		"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT, "ILL": syscall.SIGILL,
		"TRAP": syscall.SIGTRAP, "ABRT": syscall.SIGABRT, "BUS": syscall.SIGBUS, "FPE": syscall.SIGFPE,
		"KILL": syscall.SIGKILL, "USR1": syscall.SIGUSR1, "SEGV": syscall.SIGSEGV, "USR2": syscall.SIGUSR2,
		"PIPE": syscall.SIGPIPE, "ALRM": syscall.SIGALRM, "TERM": syscall.SIGTERM, "STKFLT": syscall.SIGSTKFLT,
		"CHLD": syscall.SIGCHLD, "CONT": syscall.SIGCONT, "STOP": syscall.SIGSTOP, "TSTP": syscall.SIGTSTP,
		"TTIN": syscall.SIGTTIN, "TTOU": syscall.SIGTTOU, "URG": syscall.SIGURG, "XCPU": syscall.SIGXCPU,
		"XFSZ": syscall.SIGXFSZ, "VTALRM": syscall.SIGVTALRM, "PROF": syscall.SIGPROF, "WINCH": syscall.SIGWINCH,
		"IO": syscall.SIGIO, "PWR": syscall.SIGPWR, "SYS": syscall.SIGSYS,
		"CLD": syscall.SIGCHLD, "IOT": syscall.SIGABRT, "POLL": syscall.SIGIO, "UNUSED": syscall.SIGSYS,
	} {
		if got, err := Parse(name); got != want || err != nil {
			t.Errorf("Parse(%q) = %d, %v, want %d", name, int(got), err, int(want))
		}
	}
}

func TestParse(t *testing.T) {
	for s, want := range map[string]Signal{
		"15": 15, "015": 15, "1": 1, "64": 64, "Term": 15, "SigTerm": 15,
		"RTMIN": 34, "RTMIN+0": 34, "sigrtmin+3": 37, "RTMIN+30": 64, "SIGRTMAX": 64, "RTMAX-0": 64, "RTMAX-30": 34, "rtmax-29": 35,
	} {
		if got, err := Parse(s); got != want || err != nil {
			t.Errorf("Parse(%q) = %d, %v, want %d", s, int(got), err, int(want))
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", "SIG", "0", "00", "65", "128", "-1", "+15", "15 ", " TERM", "1.0", "0x0f", "SIG15", "SIGSIGTERM",
		"TREM", "RT", "RTMIN+", "RTMIN-1", "RTMIN+31", "RTMIN+-1", "RTMIN++1", "RTMAX+1", "RTMAX-31", "RTMAX-", "RTMIN3",
		"99999999999999999999", "RTMIN+99999999999999999999", "TERM,INT", "none", "auto",
	} {
		got, err := Parse(s)
		if err == nil {
			t.Errorf("Parse(%q) = %d, want an error", s, int(got))
		} else if !strings.Contains(err.Error(), "SIGTERM") {
			t.Errorf("Parse(%q): %v, want an error that shows a right name", s, err)
		}
	}
}

func TestNameOfNoSignal(t *testing.T) {
	for sig, want := range map[Signal]string{-1: "-1", 0: "0", 65: "65"} {
		if got := Name(sig); got != want {
			t.Errorf("Name(%d) = %q, want %q", int(sig), got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "TERM", "SIGTERM", "15", "RTMIN+3", "SIGRTMAX-1", "065", "RTMIN+31", "ſigterm"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sig, err := Parse(s)
		if err != nil {
			if sig != 0 {
				t.Errorf("Parse(%q) = %d with error %v, want 0", s, int(sig), err)
			}
			return
		}
		if sig < 1 || sig > 64 {
			t.Errorf("Parse(%q) = %d, want 1 to 64", s, int(sig))
		}
		if again, err := Parse(Name(sig)); again != sig || err != nil {
			t.Errorf("Parse(Name(%d)) = %d, %v, want %d", int(sig), int(again), err, int(sig))
		}
	})
}
