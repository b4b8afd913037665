package supervisor

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/signals"
)

// stopped returns the log of a stop of what runs, with SIGTERM but where told.
func stopped(t *testing.T, settings drain.Settings, running signals.Process, change func(*bench), sent ...syscall.Signal) (log string, did []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, settings, running)
		if change != nil {
			change(b)
		}
		b.start()
		for _, sig := range append(sent, syscall.SIGTERM)[:max(len(sent), 1)] {
			b.signals <- sig
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		b.exits(0)
		log, did = b.log.String(), b.fake.did
	})
	return log, did
}

func programOf(name string, catches ...syscall.Signal) signals.Process {
	return signals.Process{Comm: name, Argv: []string{name}, Caught: signals.MaskOf(catches...)}
}

func TestWhatIsSaidOfPrograms(t *testing.T) {
	held := drain.Settings{GracePeriod: 60 * time.Second}
	idle := held
	idle.Until = drain.UntilIdle
	stop := func(text string) func(*bench) {
		return func(b *bench) { b.cfg.StopSignal, _ = signals.ParseStopSignal(text, config.ParseDuration) }
	}
	const cuts, noEnd, noStop = "the program cuts requests in flight", "the stop signal does not end the program", "the stop request would not end the program"
	for _, tt := range []struct {
		name     string
		settings drain.Settings
		running  signals.Process
		change   func(*bench)
		says     string // "": nothing of all that is said here
	}{
		{"nginx", held, programOf("nginx", syscall.SIGQUIT), nil, ""},
		{"varnishd", held, programOf("varnishd", syscall.SIGTERM), nil, cuts},
		{"varnishd, nothing held", drain.Settings{}, programOf("varnishd", syscall.SIGTERM), nil, cuts},
		{"varnishd, waited for", idle, programOf("varnishd", syscall.SIGTERM), nil, ""},
		{"uwsgi", held, programOf("uwsgi", syscall.SIGTERM), nil, "master-fifo"},
		{"uwsgi, told by an action", held, programOf("uwsgi", syscall.SIGTERM), func(b *bench) { b.cfg.AtStop = []config.Action{{}} }, ""},
		{"php-fpm", held, programOf("php-fpm", syscall.SIGQUIT), nil, "process_control_timeout"},
		{"php-fpm, nothing held", drain.Settings{}, programOf("php-fpm", syscall.SIGQUIT), nil, "process_control_timeout"},
		{"traefik", held, programOf("traefik", syscall.SIGTERM), nil, "can hold by itself (requestAcceptGraceTimeout)"},
		{"traefik, nothing held", drain.Settings{}, programOf("traefik", syscall.SIGTERM), nil, ""},
		{"nats-server", held, programOf("nats-server", syscall.SIGTERM), nil, "--stop-signal USR2"},
		{"puma", held, programOf("puma", syscall.SIGTERM), nil, "no signal surely ends it while it drains: set force_shutdown_after, to end within 51s"},
		{"puma, without a deadline", drain.Settings{}, programOf("puma", syscall.SIGTERM), nil, ""},
		{"puma, told another signal", held, programOf("puma", syscall.SIGQUIT), stop("QUIT"), ""},
		{"nginx, told to reload", held, programOf("nginx", syscall.SIGHUP), stop("HUP"), noEnd},
		{"JVM, told to dump", held, programOf("java", syscall.SIGQUIT), stop("QUIT"), noEnd},
		{"without a handler", held, programOf("server"), nil, "the program does not handle SIGTERM"},
		{"without a handler, waited for", idle, programOf("server"), nil, ""},
		{"with one", held, programOf("server", syscall.SIGTERM), nil, ""},
		{"ignores it", held, signals.Process{Comm: "server", Ignored: signals.MaskOf(syscall.SIGTERM)}, nil, "the program ignores SIGTERM"},
	} {
		log, _ := stopped(t, tt.settings, tt.running, tt.change)
		if tt.says != "" && strings.Count(log, tt.says) != 1 {
			t.Errorf("%s: log does not say %q once:\n%s", tt.name, tt.says, log)
		}
		for _, other := range []string{cuts, noEnd, noStop, "note="} {
			if tt.says == "" && strings.Contains(log, other) {
				t.Errorf("%s: log says %q:\n%s", tt.name, other, log)
			}
		}
	}
}

// An image with nginx and STOPSIGNAL SIGHUP: a reload, which never ends it. Told
// that this is a stop, drainit stops it gracefully, and says what is wrong.
func TestNginxWithSIGHUPForItsStopSignal(t *testing.T) {
	nginx := programOf("nginx", syscall.SIGHUP, syscall.SIGQUIT)
	log, did := stopped(t, drain.Settings{GracePeriod: time.Minute}, nginx, func(b *bench) { b.cfg.StopOn, _ = signals.ParseStopOn("TERM,HUP") }, syscall.SIGHUP)
	if want := "5s SIGQUIT to 7, 5s SIGCONT to 7"; strings.Join(did, ", ") != want {
		t.Errorf("did %q, want %q", did, want)
	}
	if !strings.Contains(log, `level=WARN msg="the stop request would not end the program" signal=SIGHUP program=nginx will_send=SIGQUIT`) {
		t.Errorf("it was not warned of:\n%s", log)
	}
	// Not told, it is passed on, as a reload is meant to be, and said once.
	log, did = stopped(t, drain.Settings{}, nginx, nil, syscall.SIGHUP, syscall.SIGHUP, syscall.SIGTERM)
	if want := "0s SIGHUP to 7, 1s SIGHUP to 7, 2s SIGQUIT to 7, 2s SIGCONT to 7"; strings.Join(did, ", ") != want {
		t.Errorf("did %q, want %q", did, want)
	}
	if strings.Count(log, "SIGHUP passed on") != 1 || strings.Contains(log, "would not end") {
		t.Errorf("want one line about SIGHUP:\n%s", log)
	}
}

// Where no signal surely ends a program that drains, the stop says so, and so does the SIGKILL.
func TestProgramThatNoSignalEnds(t *testing.T) {
	log, did := stopped(t, drain.Settings{GracePeriod: 8 * time.Second}, programOf("puma", syscall.SIGTERM), nil)
	if slices.ContainsFunc(did, func(s string) bool { return strings.Contains(s, "SIGQUIT") }) {
		t.Errorf("did %q, want no signal after SIGTERM", did)
	}
	for _, line := range []string{`msg="stop requested"`, `msg="SIGKILL is next"`, `msg="deadline hit, SIGKILL sent"`} {
		at := strings.Index(log, line)
		if at < 0 || !strings.Contains(strings.SplitN(log[at:], "\n", 2)[0], "set force_shutdown_after, to end within") {
			t.Errorf("%s does not say what to set:\n%s", line, log)
		}
	}
}

// Of a program without a fast signal SIGKILL is announced when that would be due, with the program's name and what
// helps; of one that has ended by then, or whose signals were given, nothing is.
func TestSIGKILLIsAnnounced(t *testing.T) {
	grace := drain.Settings{GracePeriod: 20 * time.Second}
	given := grace
	given.StopSignalGiven = true
	const line = `level=WARN msg="SIGKILL is next" program=server pid=7 in=2s after=16s ` +
		`remedy="a longer grace period, or the program's own limit for a stop, set to end within 11s"`
	for _, tt := range []struct {
		name     string
		settings drain.Settings
		running  signals.Process
		lasts    time.Duration
		says     string // "": nothing
	}{
		{"not known", grace, programOf("server", syscall.SIGTERM), 20 * time.Second, line},
		{"ends in time", grace, programOf("server", syscall.SIGTERM), 15 * time.Second, ""},
		{"has a fast signal", grace, programOf("nginx", syscall.SIGQUIT), 20 * time.Second, ""},
		{"no deadline", drain.Settings{}, programOf("server", syscall.SIGTERM), time.Hour, ""},
		{"its signal was given", given, programOf("server", syscall.SIGTERM), 20 * time.Second, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, tt.settings, tt.running)
			b.start()
			b.signals <- syscall.SIGTERM
			time.Sleep(tt.lasts)
			b.exits(0)
			if log := b.log.String(); strings.Contains(log, "SIGKILL is next") != (tt.says != "") || !strings.Contains(log, tt.says) {
				t.Errorf("%s: want %q in:\n%s", tt.name, tt.says, log)
			}
		})
	}
}
