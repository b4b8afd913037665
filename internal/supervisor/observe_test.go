package supervisor

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"drainit/internal/drain"
	"drainit/internal/logging"
	"drainit/internal/observe"
	"drainit/internal/peers"
	"drainit/internal/probe"
	"drainit/internal/signals"
)

// waitingForIdle is a drain of 30s that waits for requests in flight.
func waitingForIdle() drain.Settings {
	return drain.Settings{GracePeriod: 30 * time.Second, DelayGiven: true, Until: drain.UntilIdle}
}

// A look that hangs holds up no signal, and no stop beyond the reserve.
func TestLookBlocksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, waitingForIdle(), signals.Process{Comm: "server", Caught: 1 << (syscall.SIGHUP - 1)})
		b.view.evidence.Look = func() drain.Observed {
			time.Sleep(25 * time.Second)
			return drain.Observed{Known: true}
		}
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(time.Second)
		b.signals <- syscall.SIGHUP
		time.Sleep(25 * time.Second)
		b.exits(0)
		time.Sleep(time.Minute) // the look under way
		b.wantDid(t, "1s SIGHUP to 7", "23s SIGTERM to 7", "23s SIGCONT to 7")
	})
}

func TestStopSignalFollowsTheLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, waitingForIdle(), signals.Process{Comm: "server"})
		seen := []drain.Connections{{InFlight: 2, Idle: 1}, {Idle: 3}, {InFlight: 1}, {Idle: 3}, {Idle: 3}, {Idle: 3}, {Idle: 3}}
		b.view.evidence.Look = func() drain.Observed {
			time.Sleep(10 * time.Millisecond)
			o := drain.Observed{Known: true, Connections: seen[0], Took: 10 * time.Millisecond}
			seen = seen[1:]
			return o
		}
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(1600 * time.Millisecond)
		b.exits(0)
		b.wantDid(t, "1.31s SIGTERM to 7", "1.31s SIGCONT to 7")
		for _, want := range []string{
			`until=idle latest=23s`,
			`hold_ended="nothing in flight" after=1.31s connections="2 requests in flight had finished, 3 idle connections remained"`,
		} {
			if !strings.Contains(b.log.String(), want) {
				t.Errorf("log has no %s:\n%s", want, b.log)
			}
		}
	})
}

// What was cut is counted from the stop signal to the exit, and makes the
// report a warning.
func TestCutIsCounted(t *testing.T) {
	for _, tt := range []struct {
		cut  drain.Cut
		want string
	}{
		{drain.Cut{Known: true, Least: 2, Most: 2}, "level=WARN msg=\"drain report\" "},
		{drain.Cut{Known: true, Least: 2, Most: 2}, " requests_cut=2\n"},
		{drain.Cut{Known: true}, "level=INFO msg=\"drain report\" "},
		{drain.Cut{Known: true}, " requests_cut=0\n"},
		{drain.Cut{Known: true, Most: 1}, " requests_cut_at_most=1\n"},
		{drain.Cut{Known: true, Most: 1}, "level=INFO msg=\"drain report\" "},
		{drain.Cut{Known: true, Least: 1, Most: 3}, " requests_cut_at_most=3\n"},
		{drain.Cut{Known: true, Least: 1, Most: 3}, "level=WARN msg=\"drain report\" "},
		{drain.Cut{}, " connections=\"1 request in flight remained\"\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second}, signals.Process{Comm: "server"})
			var began time.Time
			b.view.evidence.Look = func() drain.Observed {
				return drain.Observed{Known: true, Connections: drain.Connections{InFlight: 1}}
			}
			b.view.evidence.Stopping = func() { began = time.Now() }
			b.view.evidence.Cut = func(bool) drain.Cut { return tt.cut }
			b.start()
			b.signals <- syscall.SIGTERM
			time.Sleep(6 * time.Second)
			b.exits(0)
			if got := began.Sub(b.fake.start); got != 5*time.Second {
				t.Errorf("counting began after %v, want 5s", got)
			}
			if !strings.Contains(b.log.String(), tt.want) {
				t.Errorf("%+v: log has no %q:\n%s", tt.cut, tt.want, b.log)
			}
		})
	}
}

// The first line of a drain says where waiting is for nothing.
func TestProgramThatDrainsByItself(t *testing.T) {
	nginx := signals.Process{Comm: "nginx", Argv: []string{"nginx: master process nginx"}, Caught: 1 << (syscall.SIGQUIT - 1)}
	for _, tt := range []struct {
		name    string
		process signals.Process
		until   drain.Until
		stop    string
		want    bool
	}{
		{"nginx", nginx, drain.UntilIdle, "", true},
		{"nginx, nothing waited for", nginx, drain.UntilDelay, "", false},
		{"nginx, told its fast signal", nginx, drain.UntilIdle, "SIGTERM", false},
		{"unknown", signals.Process{Comm: "server"}, drain.UntilClosed, "", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			settings := waitingForIdle()
			settings.Until, settings.Delay = tt.until, time.Second
			b := newBench(t, settings, tt.process)
			b.cfg.StopSignal, _ = signals.ParseStopSignal(tt.stop, nil)
			b.start()
			b.signals <- syscall.SIGTERM
			synctest.Wait()
			b.exits(0)
			line, _, _ := strings.Cut(b.log.String(), "\n")
			if got := strings.Contains(line, "costs time for nothing"); got != tt.want {
				t.Errorf("%s: said %v, want %v: %s", tt.name, got, tt.want, line)
			}
		})
	}
}

// observerOf returns one whose child has the ports, and what it logs.
func observerOf(known bool, ports ...uint16) (*observe.Observer, *bytes.Buffer) {
	var log bytes.Buffer
	return &observe.Observer{
		Ports: func() ([]uint16, bool, string) { return ports, known, "files are hidden" },
		Log:   logging.New(&log, "text", 0),
	}, &log
}

func TestObserver(t *testing.T) {
	o, log := observerOf(false)
	for range 3 {
		if got := o.Look(); got != (drain.Observed{Settled: true}) {
			t.Errorf("ports not known: %+v, want that settled", got)
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "files are hidden") || !strings.Contains(got, "--ports") {
		t.Errorf("ports not known: logged %q, want one line that says why and what to set", got)
	}

	o, _ = observerOf(true)
	if got := o.Look(); !got.Known || !got.Settled || got.Connections != (drain.Connections{}) {
		t.Errorf("no ports: %+v, want nothing, settled", got)
	}

	o, log = observerOf(true)
	o.Ports = func() ([]uint16, bool, string) { panic("mistake") }
	if got := o.Look(); got.Known || !strings.Contains(log.String(), "mistake") {
		t.Errorf("a mistake of our own: %+v, logged %q", got, log)
	}
}

func TestObserverSeesConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o, _ := observerOf(true, uint16(l.Addr().(*net.TCPAddr).Port))
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if got := o.Look(); !got.Known || got.Settled || got.Connections != (drain.Connections{Unaccepted: 1}) || got.Took <= 0 {
		t.Errorf("one in the queue: %+v", got)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if got := o.Look(); got.Connections != (drain.Connections{Idle: 1}) {
		t.Errorf("one idle: %+v", got)
	}
}

// A connection that came or went is a sign of life, and so is a counter that
// cannot be read.
func TestObserverAndSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var opens uint64 = 10
	var refused error
	o, _ := observerOf(true, uint16(l.Addr().(*net.TCPAddr).Port))
	o.Arrivals = observe.NewArrivals(func() (uint64, error) { return opens, refused }, new(atomic.Int64))
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	o.Look()
	time.Sleep(200 * time.Millisecond)
	if got := o.Look(); got.Arrived != 0 || got.Quiet < 150*time.Millisecond {
		t.Errorf("nothing happens: %d arrived, quiet for %v", got.Arrived, got.Quiet)
	}
	opens += 3
	if got := o.Look(); got.Arrived != 3 {
		t.Errorf("three counted: %d arrived", got.Arrived)
	}
	other, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if got := o.Look(); got.Arrived != 1 {
		t.Errorf("one seen, none counted: %d arrived", got.Arrived)
	}
	client.(*net.TCPConn).SetLinger(0)
	client.Close()
	time.Sleep(100 * time.Millisecond)
	if got := o.Look(); got.Quiet != 0 {
		t.Errorf("one has gone: quiet for %v, want 0", got.Quiet)
	}
	refused = errors.New("refused")
	if got := o.Look(); got.Quiet != 0 || !got.Known {
		t.Errorf("no counter: %+v, want no quiet", got)
	}
}

func TestArrivals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var opens uint64 = 1000
		var own atomic.Int64
		own.Store(100)
		a := observe.NewArrivals(func() (uint64, error) { return opens, nil }, &own)
		time.Sleep(10 * time.Second)
		opens, own = 1060, atomic.Int64{}
		own.Store(110)
		if got := a.Rate(); got != 5 {
			t.Errorf("60 connections in 10s, 10 of them drainit's: %v a second, want 5", got)
		}
		for _, step := range []struct {
			opens uint64
			own   int64
			want  int
		}{
			{1060, 110, 0},
			{1062, 110, 2},
			{1063, 110, 1}, // one of drainit's, not accepted yet
			{1063, 111, -1},
			{1064, 111, 1},
			{1070, 117, 0},
		} {
			opens = step.opens
			own.Store(step.own)
			if got, known := a.Since(); got != step.want || !known {
				t.Errorf("%d opens, %d own: %d arrived, %v; want %d", step.opens, step.own, got, known, step.want)
			}
		}
	})
	blind := observe.NewArrivals(func() (uint64, error) { return 0, errors.New("refused") }, new(atomic.Int64))
	if n, known := blind.Since(); n != 0 || known || blind.Rate() != 0 {
		t.Error("a counter that cannot be read is known")
	}
	if n, known := (*observe.Arrivals)(nil).Since(); n != 0 || !known || (*observe.Arrivals)(nil).Rate() != 0 {
		t.Error("arrivals of no interest are not known")
	}
}

func TestOwnConnectionsAreCounted(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	server := probe.New(probe.Config{Identity: probe.Identity{Version: "test"}, Gate: probe.NewGate(probe.GateConfig{}), Accepted: &n})
	go server.Serve(l)
	defer server.Close()
	for range 2 {
		if !peers.IsDrainit(l.Addr().String(), 10*time.Second) {
			t.Error("no answer")
		}
	}
	if n.Load() != 2 {
		t.Errorf("%d counted, want 2", n.Load())
	}
}
