package main

import (
	"fmt"
	"strings"
	"time"
)

// A feature is something that drainit promises, tried in a runtime.
type feature struct {
	name  string
	about string
	try   func(*trial)
	only  string // the runtime that it is about; "": all
}

var features = []feature{
	{"hold", "the runtime's own stop comes to drainit alone; the program serves, and gets its signal after the 3 s of `--drain-delay`; its status is the container's", hold, ""},
	{"readiness", "`/readyz` is 503 before the program listens, then 200, and 503 in the hold", readiness, ""},
	{"reaping", "20 orphans are adopted and reaped", reaping, ""},
	{"forwarding", "SIGUSR1, sent in the runtime's way, comes to the program", forwarding, ""},
	{"order", "two with `--stop-order`, stopped at once: the second's program gets its signal when the first has gone", order, ""},
	{"evidence", "`--drain-until idle` waits for a request of 3 s in flight, of a program that would cut it", evidence, ""},
	{"front", "`--front`: requests are answered through it, in the hold as well", front, ""},
	{"ctl", "`ctl ready` and `ctl status` as a command in the container", ctl, ""},
	{"report", "the last line of the log has the request that a program has cut", report, ""},
	{"terminal", "the program has the terminal's foreground, reads from it, and ^C comes to it", onTerminal, ""},
	{"quadlet", "the health check of [server.container](../../examples/podman/server.container), and the stop of Quadlet's units, `podman rm -f`", quadlet, "Podman 5, rootful"},
	{"notify", "`Type=notify` with `NotifyAccess=all`, and `WatchdogSec=3`: the program's READY=1 starts the unit, and it feeds the watchdog, of which `WATCHDOG_PID` tells it", notifies, "systemd"},
	{"socket", "socket activation: the program finds its own PID in `LISTEN_PID`, and serves the unit's socket", activated, "systemd"},
}

// served returns a container that has been ready.
func (t *trial) served(c container) *started {
	s := t.start(c)
	t.says(s, "readyz 200\n")
	t.says(s, "page 200 ok, readyz 200")
	return s
}

// stopped stops a container, which ends as it should.
func (t *trial) stopped(s *started) {
	stopped := t.stopOf(s)
	t.wantEnd(s)
	t.may(<-stopped)
}

// stopOf stops a container in its runtime's way, while this goes on.
func (t *trial) stopOf(s *started) (stopped chan error) { return t.stopBy(s.stop) }

func (t *trial) stopBy(command []string) (stopped chan error) {
	stopped = make(chan error, 1)
	go func() {
		defer func() {
			if why, ok := recover().(failure); ok {
				stopped <- fmt.Errorf("%s", why)
			}
			close(stopped)
		}()
		t.run(command)
	}()
	return stopped
}

// hold is one stop, of which several features are seen.
func hold(t *trial) {
	s := t.served(container{name: "life", flags: []string{"--drain-delay", "3s", "--deadline", "25s"}, role: []string{"life", "http://127.0.0.1:8080"}})
	stopped := t.stopOf(s)
	got := t.says(s, "got terminated")
	red := s.when("page 200 ok, readyz 503")
	t.must(strings.Count(s.out.String(), "page 200 ok, readyz 503") == 1, "no new connection was served in the hold, or there was none")
	t.must(got.Sub(red) > 2*time.Second && got.Sub(red) < 8*time.Second, "the signal came %v after readiness failed, want 3s", got.Sub(red))
	t.wantEnd(s)
	t.may(<-stopped)
	t.lifeSeen = s
}

func readiness(t *trial) {
	text := t.lived().out.String()
	at := 0
	for _, want := range []string{"readyz 503", "readyz 200", "readyz 503"} {
		i := strings.Index(text[at:], " "+want+"\n")
		t.must(i >= 0, "/readyz was not 503, 200, 503")
		at += i + 1
	}
}

// lived is a life that has come to its end, or as far as it did.
func (t *trial) lived() *started {
	if t.lifeSeen == nil {
		hold(t)
	}
	return t.lifeSeen
}

func reaping(t *trial) {
	s := t.lived()
	t.must(s.has("orphans: 20 of 20 adopted"), "the orphans were not drainit's")
	t.must(s.has("orphans: 0 left"), "orphans are left")
}

func forwarding(t *trial) {
	s := t.served(container{name: "forward", flags: []string{"--deadline", "25s"}, role: []string{"life", "http://127.0.0.1:8080"}})
	t.run(s.signal("USR1"))
	t.says(s, "got user defined signal 1")
	t.stopped(s)
}

func ctl(t *trial) {
	s := t.served(container{name: "ctl", flags: []string{"--drain-delay", "3s", "--deadline", "25s"}, role: []string{"life", "http://127.0.0.1:8080"}})
	t.run(s.inside([]string{"/drainit", "ctl", "ready"}))
	status := t.run(s.inside([]string{"/drainit", "ctl", "status"}))
	t.must(strings.Contains(status, "running"), "ctl status says %q", status)
	t.stopped(s)
}

func order(t *trial) {
	members := func(name string) *started {
		s := t.start(container{name: name, beside: true, role: []string{"member", name},
			flags: []string{"--stop-order", "app,proxy", "--name", name, "--pod-id", "runtimes", "--probe-addr", "off", "--drain-delay", "1s", "--deadline", "25s"}})
		t.says(s, name+": here")
		return s
	}
	app, proxy := members("app"), members("proxy")
	stopped := []chan error{t.stopOf(proxy), t.stopOf(app)}
	left, got := t.says(app, "app: leaves"), t.says(proxy, "proxy: got SIGTERM")
	t.must(got.After(left), "the proxy got its signal %v before the app had left", left.Sub(got))
	for _, s := range stopped {
		t.may(<-s)
	}
}

func evidence(t *trial) {
	s := t.slow([]string{"--drain-delay", "0s", "--drain-until", "idle", "--deadline", "25s"})
	stopped := t.stopOf(s)
	answered, got := t.says(s, "slow: 200"), t.says(s, "got terminated")
	t.must(got.After(answered), "the signal came before the answer")
	t.wantEnd(s)
	t.may(<-stopped)
	t.must(strings.Contains(t.report(s), `hold_ended="nothing in flight"`), "not by evidence: %s", t.report(s))
}

// slow returns a container with a request in flight.
func (t *trial) slow(flags []string) *started {
	s := t.start(container{name: "slow", flags: flags, role: []string{"abrupt"}})
	t.soon(s, "ready", func() bool {
		time.Sleep(500 * time.Millisecond)
		return quiet(s.inside([]string{"/drainit", "ctl", "ready"}))
	})
	t.run(s.signal("USR1"))
	t.says(s, "slow: begun")
	return s
}

func report(t *trial) {
	s := t.slow([]string{"--drain-delay", "1s", "--deadline", "25s"})
	t.stopped(s)
	t.must(strings.Contains(t.report(s), "requests_cut"), "the report does not have the request: %s", t.report(s))
}

func front(t *trial) {
	s := t.served(container{name: "front", flags: []string{"--front", ":8090=8080", "--drain-delay", "2s", "--deadline", "25s"}, role: []string{"life", "http://127.0.0.1:8090"}})
	stopped := t.stopOf(s)
	t.says(s, "page 200 ok, readyz 503")
	t.wantEnd(s)
	t.may(<-stopped)
}

func onTerminal(t *trial) {
	s := t.start(container{name: "terminal", terminal: true, role: []string{"terminal"}})
	t.says(s, "terminal: foreground true")
	_, err := s.pty.WriteString("hello\n")
	t.may(err)
	t.says(s, `read "hello"`)
	_, err = s.pty.WriteString("\x03")
	t.may(err)
	t.says(s, "got interrupt")
	t.soon(s, "its end", func() bool {
		select {
		case <-s.ended:
			return true
		default:
			return false
		}
	})
	t.must(s.status() == 7, "the runtime says status %d, want 7", s.status())
}
