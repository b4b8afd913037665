package main

import (
	"net"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"drainit/internal/freeport"
	"drainit/internal/testkit"
)

// shApp is the role app in a shell, which knows variables.
func shApp(address string) []string {
	return sh("exec " + strings.Join(role("app", address), " "))
}

// launchChosen starts a program behind a front that chooses its port, and returns the port.
func launchChosen(t *testing.T, s spec, flags []string, program ...string) (f *fronted, port int) {
	t.Helper()
	f = &fronted{addr: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
	s.args = command(append([]string{"--front", f.addr, "--probe-addr", f.probes, "--grace-period", "10", "--drain-delay", "0"}, flags...), program...)
	f.running = launch(t, s)
	f.logs("the program's port is chosen")
	return f, f.chosen()[0]
}

// chosen is the ports that the log says were chosen, all outside those that are not to be.
func (f *fronted) chosen() (ports []int) {
	f.t.Helper()
	for _, m := range regexp.MustCompile(`is chosen" front=\S+=localhost:(\d+)`).FindAllStringSubmatch(f.stderr.String(), -1) {
		port, _ := strconv.Atoi(m[1])
		if port < freeport.First || port >= 30000 {
			f.t.Errorf("port %d is chosen", port)
		}
		ports = append(ports, port)
	}
	return ports
}

func (f *fronted) answers() {
	f.t.Helper()
	if a := ended(f.t, f.ask("/0s")); a.code != 200 || a.body != "answer" {
		f.t.Errorf("got %+v; stderr:\n%s", a, f.stderr)
	}
}

// TestFrontChoosesPort: --front with LISTEN alone, whichever loopback address the program
// takes, and whatever the image has in PORT.
func TestFrontChoosesPort(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "[::1]", "", "0.0.0.0"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			f, port := launchChosen(t, spec{env: []string{"PORT=3000"}}, nil, shApp(host+":$PORT")...)
			f.says("ready")
			testkit.Soon(t, "ready", func() bool { return f.code("/readyz") == 200 })
			f.answers()
			if got, want := f.status().Front.Routes, f.addr+"=localhost:"+strconv.Itoa(port); len(got) != 1 || got[0] != want {
				t.Errorf("/drain has the routes %q, want %s", got, want)
			}
			if log := f.stderr.String(); strings.Count(log, "variable=PORT instead_of=3000") != 1 || strings.Contains(log, "WARN") {
				t.Errorf("got\n%s", log)
			}
			f.signal(syscall.SIGTERM)
			f.wantExit(0)
		})
	}
}

// TestFrontPortsDiffer: several drainits that start at the same time in one network choose
// ports of their own, and so does one with several routes.
func TestFrontPortsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	var all []*fronted
	for range 4 {
		f := &fronted{addr: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
		other := testkit.FreeAddr(t)
		f.running = launch(t, spec{args: command([]string{"--front", f.addr, "--front", other, "--front-port-variable", "WEB,ADMIN", "--probe-addr", f.probes, "--grace-period", "10", "--drain-delay", "0"},
			sh("echo WEB $WEB ADMIN $ADMIN PORT $PORT.; "+strings.Join(role("app", "127.0.0.1:$ADMIN"), " ")+" & exec "+strings.Join(role("app", "127.0.0.1:$WEB"), " "))...)})
		all = append(all, f)
	}
	for _, f := range all {
		testkit.Soon(t, "ready", func() bool { return f.code("/readyz") == 200 })
		f.answers()
		ports := f.chosen()
		if len(ports) != 2 {
			t.Fatalf("got ports %v", ports)
		}
		f.says("WEB " + strconv.Itoa(ports[0]) + " ADMIN " + strconv.Itoa(ports[1]) + " PORT .\n")
		for _, port := range ports {
			if seen[port] {
				t.Errorf("port %d twice", port)
			}
			seen[port] = true
		}
	}
}

// TestFrontPortInArguments: a program that takes its port as an argument needs no shell.
func TestFrontPortInArguments(t *testing.T) {
	t.Parallel()
	f, _ := launchChosen(t, spec{}, []string{"--expand"}, role("app", "127.0.0.1:{port}")...)
	testkit.Soon(t, "ready", func() bool { return f.code("/readyz") == 200 })
	f.answers()
}

// TestFrontPortIgnored: a program that listens where it always did is told so at once,
// with what to write; whether it listens on a port of its own or would on the front's.
func TestFrontPortIgnored(t *testing.T) {
	t.Parallel()
	own := testkit.FreeAddr(t)
	_, ownPort, _ := net.SplitHostPort(own)
	f, port := launchChosen(t, spec{}, nil, role("app", own)...)
	f.says("ready")
	f.logs(`level=WARN msg="the program listens elsewhere" on=` + ownPort)
	f.logs("unless it is still starting") // as with a debugger's port that is there at once
	where := "localhost:" + strconv.Itoa(port)
	f.logs("--front " + f.addr + "=" + ownPort)
	if body := f.body("/readyz"); !strings.Contains(body, "port "+strconv.Itoa(port)+" is not listened on; the program listens on "+ownPort) {
		t.Errorf("/readyz says %q", body)
	}
	if log := f.stderr.String(); !strings.Contains(log, where+" (PORT="+strconv.Itoa(port)+")") {
		t.Errorf("nothing of %s in\n%s", where, log)
	}
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
}

// TestFrontPortIsTheFronts: the same where the program cannot start, as the front has its
// port.
func TestFrontPortIsTheFronts(t *testing.T) {
	t.Parallel()
	addr := testkit.FreeAddr(t)
	r := launch(t, spec{args: command([]string{"--front", addr, "--grace-period", "10"}, role("app", addr)...)})
	r.wantExit(99)
	r.logs(`level=WARN msg="the program was not seen listening" status=99 expected="localhost:`)
	if log := r.stderr.String(); !strings.Contains(log, "if it says that its address is in use, that is the front's") {
		t.Errorf("got\n%s", log)
	}
}

// TestFrontPortSlowProgram: one that takes a while, and has another port first, is not
// told anything.
func TestFrontPortSlowProgram(t *testing.T) {
	t.Parallel()
	f, _ := launchChosen(t, spec{}, nil, sh(strings.Join(role("app", testkit.FreeAddr(t)), " ")+" & sleep 0.7; exec "+strings.Join(role("app", "127.0.0.1:$PORT"), " "))...)
	f.says("ready\nready")
	testkit.Soon(t, "ready", func() bool { return f.code("/readyz") == 200 })
	f.answers()
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
	if log := f.stderr.String(); strings.Contains(log, "elsewhere") {
		t.Errorf("got\n%s", log)
	}
}

// TestFrontChoosesUnderDrainit: the inner one of two has its port from a flag of its own
// alone, and the program gets that of the outer one.
func TestFrontChoosesUnderDrainit(t *testing.T) {
	t.Parallel()
	f := &fronted{addr: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
	inner := append([]string{binary, "--probe-addr", "off", "--"}, shApp("127.0.0.1:$PORT")...)
	f.running = launch(t, spec{env: []string{"DRAINIT_FRONT=" + f.addr, "DRAINIT_PROBE_ADDR=" + f.probes, "DRAINIT_GRACE_PERIOD=10", "DRAINIT_DRAIN_DELAY=0"},
		args: command(nil, inner...)})
	f.says("ready")
	testkit.Soon(t, "ready", func() bool { return f.code("/readyz") == 200 })
	f.answers()
	if ports := f.chosen(); len(ports) != 1 {
		t.Errorf("got ports %v", ports)
	}
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
}

// TestFrontLocalhost: a TARGET on localhost is either loopback address for requests and for
// readiness alike, and no other.
func TestFrontLocalhost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]int{"127.0.0.1": 200, "[::1]": 200, "127.0.0.2": 503} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			f := &fronted{addr: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
			_, port, _ := net.SplitHostPort(testkit.FreeAddr(t))
			f.running = launch(t, spec{args: command([]string{"--front", f.addr + "=localhost:" + port, "--probe-addr", f.probes, "--grace-period", "10", "--drain-delay", "0"},
				role("app", host+":"+port)...)})
			f.says("ready")
			testkit.Soon(t, "an answer of /readyz", func() bool { return f.code("/readyz") == want })
			if want == 200 {
				f.answers()
			}
			f.signal(syscall.SIGTERM)
			f.wantExit(0)
			if log := f.stderr.String(); strings.Contains(log, "WARN") {
				t.Errorf("got\n%s", log)
			}
		})
	}
}
