package supervisor

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/launch"
	"drainit/internal/logging"
	"drainit/internal/probe"
	"drainit/internal/process"
	"drainit/internal/signals"
)

const childPID = 7

// fakeHost records what is done to processes, with the instant.
type fakeHost struct {
	start    time.Time
	mu       sync.Mutex
	did      []string
	ended    []unix.WaitStatus // of the child, not reaped yet
	endedPID int               // who that is; 0: the child
	children []int
	process  signals.Process
	adopted  []signals.Process // nil: as children says
	others   []signals.Process // that lookAt knows
	parents  map[int]int       // nil: as they were
	began    map[int]uint64    // nil: as they did
	killErr  error
	refuses  map[int]error // by PID
	looks    int           // at processes
	alone    bool          // the child ends, and there was no other process
	takes    time.Duration // a look

	goneAfter time.Duration // watched processes go so long after they are told; 0: never
}

func (f *fakeHost) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.did = append(f.did, fmt.Sprintf("%v ", time.Since(f.start))+fmt.Sprintf(format, args...))
}

// becomes changes what runs, as seen from now on.
func (f *fakeHost) becomes(p signals.Process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.process = p
}

func (f *fakeHost) host() host {
	return host{
		kill: func(pid int, sig syscall.Signal) error {
			if err, ok := f.refuses[pid]; ok {
				return err
			}
			f.note("%s to %d", signals.Name(sig), pid)
			return f.killErr
		},
		killAll: func([]int) (int, error) { f.note("SIGKILL to all"); return 0, f.killErr },
		reap: func(ended func(int, unix.WaitStatus)) bool {
			for _, ws := range f.ended {
				ended(cmp.Or(f.endedPID, childPID), ws)
			}
			f.ended = nil
			return len(f.children) == 0
		},
		watch: func(pid int, gone chan<- int) {
			if f.goneAfter > 0 {
				time.AfterFunc(f.goneAfter, func() { gone <- pid })
			}
		},
		oomKills: func() (int, bool) { return 0, false },
		sights:   f.sights(),
	}
}

func (f *fakeHost) sights() sights {
	return sights{
		children: func() ([]int, bool) { return f.children, true },
		group:    func(int) []int { return f.children },
		isChild:  func(pid, parent int) bool { return f.parents == nil || f.parents[pid] == parent },
		isStill:  func(pid int, began uint64) bool { return f.began == nil || f.began[pid] == began },
		stopped:  func(pid int) { f.note("wait until %d is stopped", pid) },
		handles:  func(_ int, sig syscall.Signal) bool { return f.process.Caught.Has(sig) },
		glance:   func(int) (signals.Process, bool) { return signals.Process{}, false },
		lookAt: func(pid int, patience time.Duration) signals.Process {
			time.Sleep(min(f.takes, max(patience, 0)))
			f.mu.Lock()
			defer f.mu.Unlock()
			f.looks++
			for _, p := range f.others {
				if p.PID == pid {
					return p
				}
			}
			p := f.process
			p.PID = pid
			return p
		},
		tree: func(pid int, patience time.Duration) signals.Tree {
			time.Sleep(min(f.takes, max(patience, 0)))
			f.mu.Lock()
			defer f.mu.Unlock()
			f.looks++
			p := f.process
			p.PID = pid
			if pid == 0 {
				p = signals.Process{}
			}
			t := signals.Tree{Root: p, Adopted: f.adopted}
			if f.adopted != nil {
				return t
			}
			for _, c := range f.children {
				if c != childPID {
					t.Adopted = append(t.Adopted, signals.Process{PID: c, Comm: f.process.Comm, Argv: f.process.Argv, Caught: f.process.Caught})
				}
			}
			return t
		},
		endedAlone: func(int) bool { return f.alone },
	}
}

// bench is a supervisor in a bubble.
type bench struct {
	*supervisor
	fake    *fakeHost
	signals chan os.Signal
	sigchld chan os.Signal
	log     *bytes.Buffer
	status  int
	done    chan struct{}
}

func newBench(t *testing.T, settings drain.Settings, running signals.Process) *bench {
	t.Helper()
	if settings.Sweep == 0 {
		settings.Sweep = 2 * time.Second
	}
	plan, problems := settings.Plan()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b := &bench{
		fake:    &fakeHost{start: time.Now(), children: []int{childPID}, process: running},
		signals: make(chan os.Signal, 10), sigchld: make(chan os.Signal, 1),
		log: &bytes.Buffer{}, done: make(chan struct{}),
	}
	cfg := config.Config{Plan: plan, Settings: settings, LogFormat: "text", TerminationLog: "off"}
	gate := probe.NewGate(probe.GateConfig{})
	b.supervisor = supervising(given{
		cfg: cfg, child: launch.Child{PID: childPID}, started: time.Now(), host: b.fake.host(),
		log: logging.New(b.log, "text", 0), gate: gate,
	}, process.Received{Signals: b.signals, Child: b.sigchld})
	return b
}

func (b *bench) start() {
	go func() {
		b.status = b.run()
		close(b.done)
	}()
	synctest.Wait()
}

// record is what has happened so far, and state what there is now.
func (b *bench) record() (rec drain.Record, state drain.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.machine.Record(), b.machine.State()
}

// exits ends the child.
func (b *bench) exits(ws unix.WaitStatus) {
	synctest.Wait()
	b.fake.ended = append(b.fake.ended, ws)
	b.fake.children = nil
	b.sigchld <- syscall.SIGCHLD
	<-b.done
}

func (b *bench) wantDid(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(b.fake.did, want) {
		t.Errorf("got:\n%s\nwant:\n%s\nlog:\n%s", strings.Join(b.fake.did, "\n"), strings.Join(want, "\n"), b.log)
	}
}

func TestInstantsOfADrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second}, signals.Process{Comm: "nginx", Argv: []string{"nginx: master process nginx"}, Caught: 1 << (syscall.SIGQUIT - 1)})
		b.start()
		time.Sleep(time.Minute)
		b.signals <- syscall.SIGTERM
		synctest.Wait()
		if b.gate.Green() {
			t.Error("ready after the stop request")
		}
		time.Sleep(28*time.Second + 500*time.Millisecond)
		b.exits(9)
		b.wantDid(t,
			"1m5s SIGQUIT to 7", "1m5s SIGCONT to 7",
			"1m26s SIGTERM to 7",
			"1m28s SIGKILL to all")
		if b.status != 137 {
			t.Errorf("got status %d, want 137", b.status)
		}
	})
}

// TestPIDOfTheGoneIsNotSignalled: what was inside a wrapper is not our child, so
// its PID may be a stranger's as soon as it has gone.
func TestPIDOfTheGoneIsNotSignalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nginx := signals.Process{PID: 8, Comm: "nginx", Argv: []string{"nginx"}, Caught: 1 << (syscall.SIGQUIT - 1)}
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second},
			signals.Process{Comm: "sh", Argv: []string{"sh", "-c", "x"}, Children: []signals.Process{nginx}})
		b.fake.goneAfter = time.Second
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(27 * time.Second)
		b.exits(0)
		b.wantDid(t,
			"5s SIGQUIT to 8", "5s SIGCONT to 8",
			"6.5s SIGTERM to 7", "6.5s SIGCONT to 7")
	})
}

// TestWrapperThatBecomesTheProgram: a wrapper goes on to exec nginx when what it ran
// has ended: that is nginx by now, and gets what nginx gets.
func TestWrapperThatBecomesTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "npm", Argv: []string{"npm start"},
			Children: []signals.Process{{PID: 8, Comm: "envsubst"}}})
		b.fake.goneAfter = time.Second
		b.start()
		b.signals <- syscall.SIGTERM
		synctest.Wait()
		b.fake.becomes(signals.Process{Comm: "nginx", Argv: []string{"nginx"}, Caught: 1 << (syscall.SIGQUIT - 1)})
		time.Sleep(2 * time.Second)
		b.exits(0)
		b.wantDid(t,
			"0s SIGTERM to 8", "0s SIGCONT to 8",
			"1.5s SIGQUIT to 7", "1.5s SIGCONT to 7")
	})
}

func TestNoSettingsHoldsNothingAndKillsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "server"})
		b.start()
		time.Sleep(time.Second)
		b.signals <- syscall.SIGTERM
		time.Sleep(24 * time.Hour)
		b.exits(0)
		b.wantDid(t, "1s SIGTERM to 7", "1s SIGCONT to 7")
		if b.status != 0 {
			t.Errorf("got status %d, want 0", b.status)
		}
	})
}

func TestSignalsPassWhileHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{Delay: 10 * time.Second, DelayGiven: true},
			signals.Process{Comm: "server", Caught: 1 << (syscall.SIGUSR1 - 1)})
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(time.Second)
		b.signals <- syscall.SIGHUP
		b.signals <- syscall.SIGUSR1
		b.signals <- syscall.SIGSEGV // sent by kill(2): dropped
		time.Sleep(time.Second)
		b.signals <- syscall.SIGTERM // asked again
		synctest.Wait()
		b.exits(0)
		b.wantDid(t, "1s SIGHUP to 7", "1s SIGUSR1 to 7", "2s SIGTERM to 7", "2s SIGCONT to 7")
	})
}

func TestDrainSaysEveryFiveSecondsWhatItWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{Delay: 12 * time.Second, DelayGiven: true}, signals.Process{Comm: "server"})
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(13 * time.Second)
		b.exits(0)
		if got := strings.Count(b.log.String(), "msg=waiting"); got != 2 {
			t.Errorf("got %d lines about waiting in 12s, want 2:\n%s", got, b.log)
		}
		if got := strings.Count(b.log.String(), "\n"); got != 5 {
			t.Errorf("got %d lines, want 5 (requested, waiting, waiting, sent, report):\n%s", got, b.log)
		}
	})
}

func TestForbiddenSignalNamesTheCapability(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{Deadline: 3 * time.Second}, signals.Process{Comm: "server"})
		b.fake.killErr = syscall.EPERM
		b.start()
		b.signals <- syscall.SIGTERM
		<-b.done // nothing can be signalled: it leaves a second after the deadline
		if got, want := time.Since(b.fake.start), 4*time.Second; got != want {
			t.Errorf("left after %v, want %v", got, want)
		}
		if b.status != 137 || !strings.Contains(b.log.String(), "CAP_KILL") {
			t.Errorf("got status %d, want 137; log names no CAP_KILL:\n%s", b.status, b.log)
		}
	})
}

func TestChildThatEndsByItselfIsNotTalkedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second}, signals.Process{Comm: "job"})
		b.start()
		time.Sleep(time.Hour)
		b.exits(3 << 8)
		if b.status != 3 || b.log.Len() > 0 {
			t.Errorf("got status %d, want 3; log, which should be empty: %q", b.status, b.log)
		}
	})
}

// wrappedNginx is nginx, PID 9, in a shell in a shell.
func wrappedNginx() signals.Process {
	nginx := signals.Process{PID: 9, Comm: "nginx", Argv: []string{"nginx"}, Caught: 1 << (syscall.SIGQUIT - 1)}
	shell := signals.Process{PID: 8, Comm: "sh", Argv: []string{"sh", "-c", "x"}, Children: []signals.Process{nginx}}
	return signals.Process{Comm: "sh", Argv: []string{"sh", "-c", "x"}, Children: []signals.Process{shell}}
}

// TestProgramThatMayNotBeSignalled: the wrappers are told instead, the innermost
// first, and what is logged and counted is what was sent.
func TestProgramThatMayNotBeSignalled(t *testing.T) {
	for _, test := range []struct {
		name    string
		refuses map[int]error
		did     []string
		logged  string
		sent    uint64
	}{
		{"another user's", map[int]error{9: syscall.EPERM}, []string{"5s SIGTERM to 8", "5s SIGCONT to 8"}, `msg="stop signal sent" signal=SIGTERM program=nginx pid=8`, 1},
		{"both", map[int]error{9: syscall.EPERM, 8: syscall.EPERM}, []string{"5s SIGTERM to 7", "5s SIGCONT to 7"}, `msg="stop signal sent" signal=SIGTERM program=nginx pid=7`, 1},
		{"all", map[int]error{9: syscall.EPERM, 8: syscall.EPERM, 7: syscall.EPERM}, nil, `level=ERROR msg="stop signal not sent" signal=SIGQUIT program=nginx pid=9`, 0},
		{"gone each time", map[int]error{9: syscall.ESRCH}, []string{"5s SIGTERM to 8", "5s SIGCONT to 8"}, `msg="stop signal sent" signal=SIGTERM program=nginx pid=8`, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second}, wrappedNginx())
			b.fake.refuses = test.refuses
			b.start()
			b.signals <- syscall.SIGTERM
			time.Sleep(6 * time.Second)
			b.exits(0)
			b.wantDid(t, test.did...)
			if !strings.Contains(b.log.String(), test.logged) {
				t.Errorf("%s: want %s in the log:\n%s", test.name, test.logged, b.log)
			}
			if got := b.forwarded["SIGTERM"] + b.forwarded["SIGQUIT"]; got != test.sent {
				t.Errorf("%s: %d signals counted as sent, want %d", test.name, got, test.sent)
			}
		})
	}
}

// TestSignalWithoutALook: what the program catches is meant for it, and looking
// for others could only delay the signal.
func TestSignalWithoutALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "server", Caught: signals.MaskOf(syscall.SIGVTALRM, syscall.SIGCONT, syscall.SIGALRM, 40)})
		b.start()
		for _, sig := range []syscall.Signal{syscall.SIGVTALRM, syscall.SIGCONT, syscall.SIGALRM, 40} {
			b.signals <- sig
			synctest.Wait()
		}
		if b.fake.looks != 0 {
			t.Errorf("%d looks for signals that can only be passed on", b.fake.looks)
		}
		b.exits(0)
		b.wantDid(t, "0s SIGVTALRM to 7", "0s SIGCONT to 7", "0s SIGALRM to 7", "0s "+signals.Name(40)+" to 7")
	})
}

// TestInstantsOfASchedule: each step once, in its turn, and the log, /drain and
// the report say which.
func TestInstantsOfASchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop, err := signals.ParseStopSignal("QUIT/20s/INT/10s/TERM", config.ParseDuration)
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t, drain.Settings{GracePeriod: time.Minute, StopSignalGiven: true, Schedule: stop.Waits()}, signals.Process{Comm: "server"})
		b.cfg.StopSignal = stop
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(10 * time.Second)
		st := b.statusOf(probe.Identity{}, logging.NewWriter(2, ""))()
		if st.WillSend.Signal != "SIGINT" {
			t.Errorf("10s after the stop request: will send %+v, want SIGINT", st.WillSend)
		}
		var told []string
		for _, e := range st.Timeline {
			told = append(told, fmt.Sprintf("%v %s %s", e.After, e.Event, e.Detail))
		}
		for _, want := range []string{"5s stop_signal hold over", "25s next_signal SIGINT", "35s next_signal SIGTERM", "58s sigkill "} {
			if !slices.Contains(told, want) {
				t.Errorf("timeline %q has no %q", told, want)
			}
		}
		time.Sleep(30 * time.Second)
		b.exits(0)
		b.wantDid(t, "5s SIGQUIT to 7", "5s SIGCONT to 7", "25s SIGINT to 7", "35s SIGTERM to 7")
		for _, want := range []string{"will_send=SIGQUIT/20s/SIGINT/10s/SIGTERM", `stop_signal=SIGQUIT/20s/SIGINT/10s/SIGTERM`} {
			if !strings.Contains(b.log.String(), want) {
				t.Errorf("log has no %q:\n%s", want, b.log)
			}
		}
	})
}
