package signals

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseStopSignal(t *testing.T) {
	for s, want := range map[string]string{
		"": "auto", "auto": "auto", "Auto": "auto", "none": "none", "QUIT": "SIGQUIT", "sigint": "SIGINT", "15": "SIGTERM", "RTMIN+3": "SIGRTMIN+3", "34": "SIGRTMIN",
		"QUIT/20s/TERM": "SIGQUIT/20s/SIGTERM", "3/1.5s/2/1m/15": "SIGQUIT/1.5s/SIGINT/1m0s/SIGTERM", "QUIT / 20s / QUIT": "SIGQUIT/20s/SIGQUIT",
	} {
		if got, err := ParseStopSignal(s, time.ParseDuration); err != nil || got.String() != want {
			t.Errorf("ParseStopSignal(%q) = %v, %v, want %s", s, got, err, want)
		}
	}
	for s, want := range map[string]string{
		"KILL":               "SIGKILL is sent only at a limit: set --deadline",
		"9":                  "SIGKILL is sent only at a limit: set --deadline",
		"STOP":               "SIGSTOP suspends",
		"QUIT/20s":           "leave it out, or write a signal behind it: QUIT/20s/TERM",
		"TERM/30s/KILL":      "SIGKILL is sent only at a limit: set --deadline",
		"TERM/30s/KILL/5s":   "SIGKILL is sent only at a limit: set --deadline",
		"QUIT/TERM":          "two signals and no time between them; write SIGQUIT/20s/TERM",
		"20s/TERM":           "a schedule begins with a signal, and --drain-delay is what comes before",
		"/TERM":              "a signal is missing",
		"QUIT//TERM":         "a duration is missing after SIGQUIT",
		"QUIT/20s/":          "a signal is missing",
		"QUIT/forever/TERM":  "nothing is repeated",
		"QUIT/0s/TERM":       "no time for the program to act on SIGQUIT",
		"QUIT/20x/TERM":      `"20x": `,
		"auto/20s/TERM":      "stands alone",
		"QUIT/2562047h/TERM": "too long",
		"QUIT,TERM":          "write a schedule, such as QUIT/20s/TERM",
		"0":                  "is not a signal",
	} {
		got, err := ParseStopSignal(s, time.ParseDuration)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseStopSignal(%q) = %v, %v, want %q in the error", s, got, err, want)
		}
	}
}

// Processes as Debian 12 shows them, masks included.
var (
	nginx    = Process{PID: 10, Comm: "nginx", Argv: []string{"nginx: master process nginx -g daemon off;"}, Caught: 0x18016a07, Ignored: 0x40001000}
	apache   = Process{PID: 10, Comm: "apache2", Argv: []string{"apache2", "-DFOREGROUND"}, Caught: 0x80046eb, Ignored: 0x1001000}
	lighttpd = Process{PID: 10, Comm: "lighttpd", Argv: []string{"lighttpd", "-D"}, Caught: 0x16243, Ignored: 0x1000}
	haproxy  = Process{PID: 10, Comm: "haproxy", Argv: []string{"haproxy", "-W", "-db"}, Caught: 0x100716a03, Ignored: 0x4001004}
	fpm      = Process{PID: 10, Comm: "php-fpm8.2", Argv: []string{"php-fpm: master process (/etc/fpm.conf)"}, Caught: 0x14a07, Ignored: 0x1000}
	bouncer  = Process{PID: 10, Comm: "pgbouncer", Argv: []string{"pgbouncer", "p.ini"}, Caught: 0x100004a03, Blocked: 0x1000}
	postgres = Process{PID: 10, Comm: "postgres", Argv: []string{"postgres", "-D", "/data"}, Caught: 0x14a07, Ignored: 0x1703000}
	memcache = Process{PID: 10, Comm: "memcached", Argv: []string{"memcached"}, Caught: 0x100004203, Ignored: 0x1000}
	unicorn  = Process{PID: 10, Comm: "unicorn", Argv: []string{"unicorn master config.ru"}, Caught: 0x4a317e4f}
	gunicorn = Process{PID: 10, Comm: "gunicorn", Argv: []string{"/usr/bin/python3", "/usr/bin/gunicorn", "app:app"}, Caught: 0x8314a07, Ignored: 0x1001000}
	celery   = Process{PID: 10, Comm: "python3", Argv: []string{"/usr/bin/python3", "-m", "celery", "-A", "a", "worker"}, Caught: 0x100004207, Ignored: 0x1001000}
	caddy    = Process{PID: 10, Comm: "caddy", Argv: []string{"caddy", "run"}, Caught: 0xfffffffd7fc1feff}
	uwsgi    = Process{PID: 10, Comm: "uwsgi", Argv: []string{"uwsgi", "--ini", "u.ini"}, Caught: 0x84687, Ignored: 0x1001000}
	java     = Process{PID: 10, Comm: "java", Argv: []string{"java", "-jar", "a.jar"}, Caught: 0x2000000101005ccf}
	node     = Process{PID: 10, Comm: "node", Argv: []string{"node", "srv.js"}, Caught: 0x100004602, Ignored: 0x1001000}
	sleep    = Process{PID: 10, Comm: "sleep", Argv: []string{"sleep", "1d"}}

	// Started in the background by a shell without job control.
	background = Process{PID: 10, Comm: "sleep", Argv: []string{"sleep", "1d"}, Ignored: 0x6}
	// Apache before it has set its handlers.
	starting = Process{PID: 10, Comm: "apache2", Argv: []string{"apache2", "-DFOREGROUND"}}
	// Busybox's, by a link of that name.
	tinyHTTPD = Process{PID: 10, Comm: "httpd", Argv: []string{"httpd", "-f"}, Caught: 0x1, Ignored: 0x10000}
)

func TestResolveProgram(t *testing.T) {
	tests := []struct {
		name    string
		p       Process
		request Signal
		want    string
	}{
		{"nginx", nginx, 15, "SIGQUIT then SIGTERM: nginx: graceful is SIGQUIT"},
		{"nginx, ^C", nginx, 2, "SIGQUIT then SIGTERM: nginx: graceful is SIGQUIT"},
		{"httpd", apache, 28, "SIGWINCH then SIGTERM: httpd: graceful is SIGWINCH"},
		{"lighttpd", lighttpd, 15, "SIGINT then SIGTERM: lighttpd: graceful is SIGINT"},
		{"haproxy", haproxy, 10, "SIGUSR1 then SIGTERM: haproxy: graceful is SIGUSR1"},
		{"php-fpm", fpm, 3, "SIGQUIT then SIGTERM: php-fpm: graceful is SIGQUIT"},
		{"pgbouncer", bouncer, 15, "SIGINT then SIGTERM: pgbouncer: graceful is SIGINT"},
		{"postgres", postgres, 2, "SIGINT: postgres: graceful is SIGINT"},
		{"memcached", memcache, 15, "SIGUSR1 then SIGTERM: memcached: graceful is SIGUSR1"},
		{"unicorn", unicorn, 15, "SIGQUIT: unicorn: graceful is SIGQUIT"},
		{"gunicorn", gunicorn, 2, "SIGTERM then SIGQUIT: gunicorn: graceful is SIGTERM"},
		{"celery", celery, 15, "SIGTERM then SIGQUIT: celery: graceful is SIGTERM"},
		{"caddy", caddy, 15, "SIGINT then SIGINT: caddy: graceful is SIGINT"},
		{"uwsgi", uwsgi, 15, "SIGTERM then SIGINT: SIGTERM is the default"},
		{"uwsgi, ^C", uwsgi, 2, "SIGINT: the stop request was SIGINT"},
		{"jvm", java, 15, "SIGTERM: SIGTERM is the default"},
		{"jvm, ^C", java, 2, "SIGINT: the stop request was SIGINT"},
		{"unknown", sleep, 15, "SIGTERM: SIGTERM is the default"},
		{"unknown, nginx's STOPSIGNAL", sleep, 3, "SIGTERM: SIGTERM is the default"},
		{"unknown, ^C", sleep, 2, "SIGINT: the stop request was SIGINT"},
		{"ignores SIGINT", background, 2, "SIGTERM: the program ignores SIGINT"},
		{"no handler yet", starting, 28, "SIGTERM: httpd does not handle SIGWINCH"},
		{"no handler yet, ^C", starting, 2, "SIGINT: the stop request was SIGINT"},
		{"the same name", tinyHTTPD, 28, "SIGTERM: httpd does not handle SIGWINCH"},
		{"masks unknown", Process{PID: 10, Comm: "nginx", MasksUnknown: true}, 15, "SIGQUIT then SIGTERM: nginx: graceful is SIGQUIT"},
		{"blocked for signalfd", Process{PID: 10, Comm: "nginx", Blocked: MaskOf(3)}, 15, "SIGQUIT then SIGTERM: nginx: graceful is SIGQUIT"},
	}
	for _, test := range tests {
		got := resolveRoot(StopSignal{}, test.p, test.request)
		if s := describe(got); s != test.want {
			t.Errorf("%s: got %q, want %q", test.name, s, test.want)
		}
		if got.PID != test.p.PID || got.Program != Identify(test.p.Comm, test.p.Argv) {
			t.Errorf("%s: got %+v, want the process itself", test.name, got)
		}
	}
}

func describe(t Target) string {
	var s strings.Builder
	s.WriteString(Name(t.Signal))
	for _, next := range t.Next {
		s.WriteString(" then " + Name(next))
	}
	return s.String() + ": " + t.Why
}

// A schedule goes to the child itself, as a signal that was given does.
func TestResolveSchedule(t *testing.T) {
	s, err := ParseStopSignal("QUIT/20s/INT/5s/TERM", time.ParseDuration)
	if err != nil {
		t.Fatal(err)
	}
	got := resolveRoot(s, shell(1, nginx), syscall.SIGTERM)
	if d := describe(got); d != "SIGQUIT then SIGINT then SIGTERM: set by --stop-signal" || got.PID != 1 {
		t.Errorf("got %s to %d", d, got.PID)
	}
	if got, want := s.Waits(), []time.Duration{20 * time.Second, 5 * time.Second}; !slices.Equal(got, want) {
		t.Errorf("got waits %v, want %v", got, want)
	}
}

// None is sent, but an action's signal goes to the program.
func TestResolveNone(t *testing.T) {
	s, err := ParseStopSignal("none", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := resolveRoot(s, shell(1, nginx), syscall.SIGINT); got.Signal != 0 || got.Next != nil || got.PID != 10 || got.Program.Name != "nginx" {
		t.Errorf("got %+v, want no signal, and nginx", got)
	}
}

func TestResolveFixed(t *testing.T) {
	s, err := ParseStopSignal("USR2", nil)
	if err != nil {
		t.Fatal(err)
	}
	root := shell(1, nginx)
	for request := Signal(1); request <= 64; request++ {
		got := resolveRoot(s, root, request)
		if got.PID != 1 || got.Signal != syscall.SIGUSR2 || len(got.Next) != 0 || got.Why != "set by --stop-signal" {
			t.Fatalf("request %s: got %+v, want SIGUSR2 to process 1", Name(request), got)
		}
	}
}

// resolveRoot resolves a tree without adopted processes, for the program's sake.
func resolveRoot(s StopSignal, root Process, request Signal) Target {
	return s.Resolve(Tree{Root: root}, request).Program()
}

// The wrappers, with the masks that were measured of each.
func shell(pid int, children ...Process) Process {
	return Process{PID: pid, Comm: "sh", Argv: []string{"sh", "-c", "app; true"}, Caught: 0x10002, Children: children}
}

func trapping(pid int, children ...Process) Process {
	p := shell(pid, children...)
	p.Caught = 0x14002
	return p
}

func npm(pid int, children ...Process) Process {
	return Process{PID: pid, Comm: "npm start", Argv: []string{"npm start"}, Caught: 0x100014602, Ignored: 0x1001000, Children: children}
}

func tini(pid int, children ...Process) Process { // in sigtimedwait: nothing shows as blocked
	return Process{PID: pid, Comm: "tini", Argv: []string{"tini", "--", "app"}, Ignored: 0x300000, Children: children}
}

func another(file string, child Process) Process {
	return Process{PID: 1, Comm: "drainit", Argv: []string{file, "--", "x"}, Caught: 0xfffffffe7ffbfeff, Children: []Process{child}}
}

// With SIGINT as the stop request a shell is looked through as with SIGTERM:
// that it catches SIGINT says nothing.
func TestResolveSIGINTThroughShell(t *testing.T) {
	for _, test := range []struct {
		child Process
		want  Signal
	}{{sleep, syscall.SIGINT}, {background, syscall.SIGTERM}, {nginx, syscall.SIGQUIT}} {
		got := resolveRoot(StopSignal{}, shell(1, test.child), syscall.SIGINT)
		if got.PID != 10 || got.Signal != test.want {
			t.Errorf("%s: got %s to %d, want %s to 10", test.child.Comm, Name(got.Signal), got.PID, Name(test.want))
		}
	}
}

// A drainit inside is asked again where the program has a fast signal, and hears
// which signal was the request. Its ctl is no init.
func TestResolveThroughDrainit(t *testing.T) {
	for _, test := range []struct {
		root    Process
		request Signal
		pid     int
		program string
		signal  Signal
		again   []Signal
	}{
		{another("drainit", nginx), syscall.SIGQUIT, 1, "nginx", syscall.SIGTERM, []Signal{syscall.SIGTERM}},
		{another("drainit", postgres), syscall.SIGINT, 1, "postgres", syscall.SIGINT, nil},
		{another("drainit", caddy), syscall.SIGTERM, 1, "caddy", syscall.SIGTERM, []Signal{syscall.SIGTERM}},
		{another("drainit", another("drainit", nginx)), syscall.SIGTERM, 1, "nginx", syscall.SIGTERM, []Signal{syscall.SIGTERM}},
		{Process{PID: 1, Comm: "drainit", Argv: []string{"drainit", "ctl", "sleep", "5"}}, syscall.SIGTERM, 1, "", syscall.SIGTERM, nil},
	} {
		got := resolveRoot(StopSignal{}, test.root, test.request)
		if got.PID != test.pid || got.Program.Name != test.program || got.Signal != test.signal || !slices.Equal(got.Next, test.again) {
			t.Errorf("request %s: got %+v, want %+v", Name(test.request), got, test)
		}
	}
}

// Whatever runs and whatever was asked, the stop signal can be sent.
func TestResolveAlwaysEnds(t *testing.T) {
	for _, p := range []Process{nginx, apache, postgres, java, node, sleep, background, starting, tinyHTTPD, tini(1), npm(1, shell(2, uwsgi))} {
		for request := Signal(1); request <= 64; request++ {
			got := resolveRoot(StopSignal{}, p, request)
			if bit(got.Signal) == 0 || sendable(got.Signal) != nil || slices.Contains(got.Next, got.Signal) || got.PID == 0 || got.Why == "" {
				t.Errorf("%s, request %s: got %+v", p.Comm, Name(request), got)
			}
		}
	}
}

func FuzzStopSignal(f *testing.F) {
	for _, s := range []string{"auto", "none", "QUIT", "QUIT/20s/TERM", "9/1/9", "TERM/forever/TERM", "/", "1/1ns/2/2562047h/3", "٣/1s/TERM"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseStopSignal(text, time.ParseDuration)
		if err != nil {
			if !s.Auto() {
				t.Errorf("%q: %v, and still %v", text, err, s)
			}
			return
		}
		if again, err := ParseStopSignal(s.String(), time.ParseDuration); err != nil || again.String() != s.String() {
			t.Errorf("%q is %v, which reads as %v, %v", text, s, again, err)
		}
		var total time.Duration
		for _, wait := range s.Waits() {
			if total += wait; wait <= 0 || total <= 0 {
				t.Errorf("%q waits %v", text, s.Waits())
			}
		}
		target := resolveRoot(s, nginx, syscall.SIGTERM)
		for _, sig := range append(target.Next, target.Signal) {
			if sendable(sig) != nil {
				t.Errorf("%q sends %s", text, Name(sig))
			}
		}
	})
}

// TestOfGroup: who would go on is told by itself, since it may ignore what the group
// gets.
func TestOfGroup(t *testing.T) {
	nginx := Process{PID: 3, Comm: "nginx", Argv: []string{"nginx: master process nginx"}, Caught: MaskOf(syscall.SIGQUIT, syscall.SIGTERM), Serves: ServesOutside}
	shell := Process{PID: 2, Comm: "bash", Argv: []string{"bash", "-c", "nginx; next"}, Children: []Process{nginx}}
	for _, leads := range []bool{false, true} {
		shell.LeadsTerminal = leads
		stop := StopSignal{}.Resolve(Tree{Root: shell}, syscall.SIGTERM).OfGroup(2)
		if p := stop.Program(); p.PID != -2 || p.Signal != syscall.SIGQUIT || len(stop.Programs) > 1 {
			t.Errorf("leads %v: got %+v, want SIGQUIT to the group", leads, stop.Programs)
		}
		if told := len(stop.First) == 1 && stop.First[0].PID == 2 && stop.First[0].Signal == syscall.SIGTERM; told == leads {
			t.Errorf("leads %v: first got %+v", leads, stop.First)
		}
	}
}
