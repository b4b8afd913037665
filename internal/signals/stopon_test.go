package signals

import (
	"strings"
	"syscall"
	"testing"
)

func TestParseStopOn(t *testing.T) {
	for s, want := range map[string]string{
		"":                       "auto",
		"auto":                   "auto",
		"AUTO":                   "auto",
		"TERM":                   "SIGTERM",
		"usr1, 15,SIGTERM":       "SIGUSR1,SIGTERM",
		"RTMIN+3,WINCH,INT,QUIT": "SIGINT,SIGQUIT,SIGWINCH,SIGRTMIN+3",
	} {
		got, err := ParseStopOn(s)
		if err != nil || got.String() != want {
			t.Errorf("ParseStopOn(%q) = %v, %v, want %s", s, got, err, want)
		}
	}
}

func TestParseStopOnRefuses(t *testing.T) {
	for s, want := range map[string][]string{
		"none":                   {`"none" is not a signal`},
		"TERM,":                  {`"" is not a signal`},
		"TERM,auto":              {"stands alone"},
		"KILL,CHLD,SEGV,FOO,URG": {`"KILL"`, `"CHLD"`, `"SEGV"`, `"FOO"`, `"URG"`},
	} {
		got, err := ParseStopOn(s)
		if err == nil {
			t.Errorf("ParseStopOn(%q) = %v, want an error", s, got)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("ParseStopOn(%q): error %q, want %q in it", s, err, part)
			}
		}
	}
}

// A list is that list, whatever runs.
func TestStopOnListIsExact(t *testing.T) {
	on, err := ParseStopOn("HUP,QUIT,WINCH")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Facts{
		{},
		{Terminal: true, SharesForeground: true, Tree: Tree{Root: called("java", Process{})}},
		{Tree: Tree{Root: called("haproxy", Process{})}, Map: Map{1: 10}},
	} {
		for sig := Signal(1); sig <= 64; sig++ {
			want := sig == syscall.SIGHUP || sig == syscall.SIGQUIT || sig == syscall.SIGWINCH
			if got := on.Contains(sig, f); got != want {
				t.Errorf("%v, %+v: Contains(%s) = %v, want %v", on, f, Name(sig), got, want)
			}
		}
	}
}

// called is p under another name.
func called(name string, p Process) Process {
	p.PID, p.Comm, p.Argv = 2, name, []string{name}
	return p
}

func TestStopOnAuto(t *testing.T) {
	const inheritable = ",SIGUSR1,SIGUSR2,SIGWINCH,SIGRTMIN+3"
	goProgram := Process{PID: 2, Comm: "app", Argv: []string{"/app"}, Caught: 0xfffffffd7fc1feff} // as Go's runtime sets it
	plain := Process{PID: 2, Comm: "sleep", Argv: []string{"sleep", "1d"}}
	init := func(children ...Process) Process {
		return Process{PID: 2, Comm: "tini", Argv: []string{"tini", "--", "x"}, Children: children}
	}
	tests := []struct {
		name string
		f    Facts
		want string // beyond SIGTERM
	}{
		{"nothing handled", Facts{Tree: Tree{Root: plain}}, "SIGINT,SIGQUIT" + inheritable},
		{"go program", Facts{Tree: Tree{Root: goProgram}}, "SIGINT,SIGQUIT"},
		{"some caught or blocked", Facts{Tree: Tree{Root: Process{PID: 2, Caught: MaskOf(10), Blocked: MaskOf(37)}}}, "SIGINT,SIGQUIT,SIGUSR2,SIGWINCH"},
		{"ignored is not handled", Facts{Tree: Tree{Root: Process{PID: 2, Ignored: MaskOf(10, 12)}}}, "SIGINT,SIGQUIT" + inheritable},
		{"masks unknown", Facts{Tree: Tree{Root: Process{PID: 2, MasksUnknown: true}}}, "SIGINT,SIGQUIT"},
		{"terminal", Facts{Tree: Tree{Root: plain}, Terminal: true}, "SIGINT,SIGQUIT,SIGUSR1,SIGUSR2,SIGRTMIN+3"},
		{"terminal shared", Facts{Tree: Tree{Root: plain}, Terminal: true, SharesForeground: true}, "SIGQUIT,SIGUSR1,SIGUSR2,SIGRTMIN+3"},
		{"jvm", Facts{Tree: Tree{Root: called("java", goProgram)}}, "SIGINT"},
		{"haproxy", Facts{Tree: Tree{Root: called("haproxy", Process{Caught: 0x100716a03})}}, "SIGINT,SIGQUIT,SIGUSR1,SIGWINCH,SIGRTMIN+3"},
		{"httpd", Facts{Tree: Tree{Root: called("httpd", goProgram)}}, "SIGINT,SIGQUIT,SIGWINCH"},
		{"httpd on a terminal", Facts{Tree: Tree{Root: called("httpd", goProgram)}, Terminal: true}, "SIGINT,SIGQUIT"},
		{"lighttpd, ^C is its own", Facts{Tree: Tree{Root: called("lighttpd", goProgram)}, Terminal: true, SharesForeground: true}, "SIGQUIT"},
		{"mapped is not guessed at", Facts{Tree: Tree{Root: plain}, Map: Map{10: 1, 28: 0}}, "SIGINT,SIGQUIT,SIGUSR2,SIGRTMIN+3"},
		{"mapped graceful signal", Facts{Tree: Tree{Root: called("haproxy", goProgram)}, Map: Map{10: 1}}, "SIGINT,SIGQUIT,SIGUSR1"},
		{"init over a program that catches", Facts{Tree: Tree{Root: init(goProgram)}}, "SIGINT,SIGQUIT"},
		{"init over one that does not", Facts{Tree: Tree{Root: init(plain)}}, "SIGINT,SIGQUIT" + inheritable},
		{"init over two", Facts{Tree: Tree{Root: init(plain, plain)}}, "SIGINT,SIGQUIT"},
		{"init over none", Facts{Tree: Tree{Root: init()}}, "SIGINT,SIGQUIT"},
		{"init over init", Facts{Tree: Tree{Root: init(init(goProgram))}}, "SIGINT,SIGQUIT"},
		{"shell over a program that catches", Facts{Tree: Tree{Root: shell(1, goProgram)}}, "SIGINT,SIGQUIT"},
		{"shell over one that does not", Facts{Tree: Tree{Root: shell(1, plain)}}, "SIGINT,SIGQUIT" + inheritable},
		{"jvm in the background of a script", Facts{Tree: Tree{Root: trapping(1, called("java", goProgram), plain)}}, "SIGINT"},
	}
	for _, test := range tests {
		var got []string
		for sig := Signal(-1); sig <= 66; sig++ {
			if !(StopOn{}).Contains(sig, test.f) {
				continue
			}
			if sig != syscall.SIGTERM {
				got = append(got, Name(sig))
			}
		}
		if list := strings.Join(got, ","); !sameSet(list, test.want) {
			t.Errorf("%s: auto takes %s, want %s", test.name, list, test.want)
		}
		if !(StopOn{}).Contains(syscall.SIGTERM, test.f) {
			t.Errorf("%s: SIGTERM is no stop request", test.name)
		}
	}
}

func sameSet(a, b string) bool {
	return MaskOf(parseAll(a)...) == MaskOf(parseAll(b)...)
}

func parseAll(list string) []Signal {
	var sigs []Signal
	for s := range strings.SplitSeq(list, ",") {
		if sig, err := Parse(s); err == nil {
			sigs = append(sigs, sig)
		}
	}
	return sigs
}

func FuzzParseStopOn(f *testing.F) {
	for _, s := range []string{"", "auto", "TERM,INT", "1,2,3", ",", "auto,TERM", "RTMIN+3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		on, err := ParseStopOn(s)
		if err != nil {
			if on != (StopOn{}) {
				t.Errorf("ParseStopOn(%q) = %v with error %v", s, on, err)
			}
			return
		}
		for _, sig := range on.Listed().Signals() {
			if !Forwardable(sig) {
				t.Errorf("ParseStopOn(%q) lists %s", s, Name(sig))
			}
		}
		if again, err := ParseStopOn(on.String()); again != on || err != nil {
			t.Errorf("ParseStopOn(%q) = %v, %v, want %v again", on.String(), again, err, on)
		}
	})
}

// Where the program has no say it need not be looked at: whatever is said of it,
// the answer is the same. A look can take a while.
func TestStopOnAsksProgram(t *testing.T) {
	list, err := ParseStopOn("TERM,QUIT")
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range []StopOn{{}, list} {
		asks := 0
		for sig := Signal(1); sig <= 64; sig++ {
			for _, terminal := range []bool{false, true} {
				if on.AsksProgram(sig, terminal) {
					asks++
					continue
				}
				want := on.Contains(sig, Facts{Terminal: terminal})
				for _, p := range []Process{nginx, apache, postgres, java, haproxy, sleep, tini(1, nginx), {MasksUnknown: true}} {
					if got := on.Contains(sig, Facts{Tree: Tree{Root: p}, Terminal: terminal}); got != want {
						t.Errorf("%v: %s, terminal %v: with %s it is %v, without %v", on, Name(sig), terminal, p.Comm, got, want)
					}
				}
			}
		}
		if want := 9; on.listed == 0 && asks != want || on.listed != 0 && asks != 0 {
			t.Errorf("%v: the program is asked about %d signals", on, asks)
		}
	}
}
