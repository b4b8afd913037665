package signals

import (
	"maps"
	"strings"
	"syscall"
	"testing"
)

func TestParseMap(t *testing.T) {
	for s, want := range map[string]Map{
		"":                       nil,
		"USR1=HUP":               {10: 1},
		"usr1=sighup, 12 = none": {10: 1, 12: 0},
		"USR1=0":                 {10: 0},
		"USR1=NONE":              {10: 0},
		"USR1=USR2,USR2=USR1":    {10: 12, 12: 10},
		"HUP=HUP":                {1: 1},
		"RTMIN+3=TERM":           {37: 15},
		"WINCH=RTMAX":            {28: 64},
		"USR1=33,USR2=URG":       {10: 33, 12: 23}, // what cannot be received can be sent
		"TERM=QUIT":              {15: 3},          // Check's business
		"TSTP=STOP,21=19,22=19":  {20: 19, 21: 19, 22: 19},
	} {
		got, err := ParseMap(s)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("ParseMap(%q) = %v, %v, want %v", s, got, err, want)
		}
	}
}

func TestParseMapRefuses(t *testing.T) {
	for s, want := range map[string][]string{
		"USR1":                     {`"USR1"`, "SIG=SIG"},
		"USR1=":                    {`"USR1="`, `"" is not a signal`},
		"=USR1":                    {`"" is not a signal`},
		"USR1=HUP,":                {`""`, "SIG=SIG"},
		"USR1=HUP=TERM":            {`"HUP=TERM" is not a signal`},
		"USR1=KILL":                {"--deadline"},
		"KILL=TERM":                {"signal(7)"},
		"URG=TERM":                 {"scheduler"},
		"34=TERM":                  {"C libraries"},
		"CHLD=TERM":                {"a process ended"},
		"SEGV=TERM":                {"fault"},
		"none=TERM":                {`"none" is not a signal`},
		"USR1=HUP,10=TERM":         {`"10=TERM": SIGUSR1 is already mapped`},
		"FOO=BAR,USR2=KILL,STOP=1": {`"FOO" is`, `"BAR" is`, "--deadline", "SIGSTOP cannot be caught"},
	} {
		got, err := ParseMap(s)
		if err == nil {
			t.Errorf("ParseMap(%q) = %v, want an error", s, got)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("ParseMap(%q): error %q, want %q in it", s, err, part)
			}
		}
	}
}

func TestMapApply(t *testing.T) {
	m, err := ParseMap("USR1=USR2,USR2=USR1,HUP=none")
	if err != nil {
		t.Fatal(err)
	}
	for sig := Signal(1); sig <= 64; sig++ {
		want, pass := sig, true
		switch sig {
		case syscall.SIGUSR1:
			want = syscall.SIGUSR2
		case syscall.SIGUSR2:
			want = syscall.SIGUSR1
		case syscall.SIGHUP:
			want, pass = 0, false
		}
		if got, ok := m.Apply(sig); got != want || ok != pass {
			t.Errorf("%v: Apply(%s) = %s, %v, want %s, %v", m, Name(sig), Name(got), ok, Name(want), pass)
		}
		if got, ok := Map(nil).Apply(sig); got != sig || !ok {
			t.Errorf("no map: Apply(%s) = %s, %v, want it unchanged", Name(sig), Name(got), ok)
		}
	}
}

func TestMapCheck(t *testing.T) {
	tests := []struct {
		m, stopOn string
		want      []string // nothing: no error
	}{
		{"TERM=QUIT", "auto", []string{"SIGTERM is a stop request", "set --stop-signal SIGQUIT"}},
		{"TERM=none", "auto", []string{"--stop-on", "without SIGTERM"}},
		{"INT=TERM", "auto", []string{"set --stop-signal SIGTERM"}},
		{"QUIT=TERM", "auto", []string{"set --stop-signal SIGTERM"}},
		{"TERM=QUIT,INT=HUP,USR1=HUP", "auto", []string{`"SIGTERM=SIGQUIT"`, `"SIGINT=SIGHUP"`}},
		{"USR1=HUP,HUP=none,RTMIN+3=TERM,WINCH=none", "auto", nil},
		{"TERM=QUIT", "INT", nil},
		{"USR1=HUP", "TERM,USR1", []string{"SIGUSR1 is a stop request"}},
		{"INT=TERM", "TERM", nil},
		{"", "auto", nil},
	}
	for _, test := range tests {
		m, err := ParseMap(test.m)
		if err != nil {
			t.Fatal(err)
		}
		on, err := ParseStopOn(test.stopOn)
		if err != nil {
			t.Fatal(err)
		}
		err = m.Check(on)
		if (err == nil) != (test.want == nil) {
			t.Errorf("--map %s --stop-on %s: %v, want an error: %v", test.m, test.stopOn, err, test.want != nil)
		}
		for _, part := range test.want {
			if err != nil && !strings.Contains(err.Error(), part) {
				t.Errorf("--map %s --stop-on %s: error %q, want %q in it", test.m, test.stopOn, err, part)
			}
		}
	}
}

func FuzzParseMap(f *testing.F) {
	for _, s := range []string{"", "USR1=HUP", "USR1=none,USR2=0", "TERM=QUIT", "=", ",", "a=b=c", "HUP=1,HUP=2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMap(s)
		if err != nil {
			if m != nil {
				t.Errorf("ParseMap(%q) = %v with error %v, want nil", s, m, err)
			}
			return
		}
		for from, to := range m {
			if !Forwardable(from) || to == syscall.SIGKILL || to < 0 || to > 64 {
				t.Errorf("ParseMap(%q) maps %d to %d", s, int(from), int(to))
			}
		}
		if again, err := ParseMap(m.String()); err != nil || !maps.Equal(again, m) {
			t.Errorf("ParseMap(%q) = %v, %v, want %v again", m.String(), again, err, m)
		}
	})
}
