package ctl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"drainit/internal/config"
	"drainit/internal/probe"
	"drainit/internal/testkit"
)

// drainitAt serves the probes of a drainit with the PID in elsewhere's
// namespace, and returns its address.
func drainitAt(t *testing.T, listen string, pid int, gate *probe.Gate) string {
	t.Helper()
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Skipf("cannot listen on %s: %v", listen, err)
	}
	id := probe.Identity{Version: "test", PID: pid, PIDNamespace: elsewhere().pidNamespace}
	s := probe.New(probe.Config{Identity: id, Gate: gate, Pass: func(conns []int) (<-chan struct{}, error) {
		pages := probe.NewPages(probe.PagesConfig{
			Identity: id,
			Snapshot: func() (probe.Snapshot, error) { return probe.Snapshot{Status: aStatus(pid)}, nil },
			Ready:    func(ctx context.Context) (probe.Verdict, error) { return gate.Ready(ctx), nil },
			Live:     func(ctx context.Context) (probe.Verdict, error) { return gate.Live(ctx), nil },
		})
		var own []net.Conn
		for _, fd := range conns {
			two, err := syscall.Dup(fd)
			if err != nil {
				return nil, err
			}
			own = append(own, probe.Take(two)...)
		}
		go pages.Serve(own)
		over := make(chan struct{})
		close(over)
		return over, nil
	}})
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

func aStatus(pid int) probe.Status {
	return probe.Status{
		Version: "test", PID: pid, State: "draining", WaitingFor: "the drain delay, over in 3s",
		Child:    probe.Child{PID: 8, Program: "nginx", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		WillSend: probe.WillSend{Signal: "SIGQUIT", Why: "nginx: graceful is SIGQUIT"},
	}
}

func TestCtlReadyAndLive(t *testing.T) {
	var listening atomic.Bool
	listening.Store(true)
	gate := probe.NewGate(probe.GateConfig{Listening: func() (bool, string) { return listening.Load(), "nothing listens on port 8080" }})
	addr := drainitAt(t, "127.0.0.1:0", 1, gate)
	for _, tt := range []struct {
		what  string
		turn  func()
		ready said
	}{
		{"listening", func() {}, said{}},
		{"not listening", func() { listening.Store(false) }, said{1, "", "drainit: not ready: ports failed: nothing listens on port 8080\n"}},
		{"draining", func() { gate.SetUnready("stop requested") }, said{1, "", "drainit: not ready: shutdown failed: stop requested\n"}},
	} {
		tt.turn()
		if got := callCtl(t, elsewhere(), nil, "ready", "--probe-addr", addr); got != tt.ready {
			t.Errorf("%s: ready: got %+v, want %+v", tt.what, got, tt.ready)
		}
		if got := callCtl(t, elsewhere(), nil, "live", "--probe-addr", addr); got != (said{}) {
			t.Errorf("%s: live: got %+v, want nothing and status 0", tt.what, got)
		}
	}
}

func TestCtlLiveFails(t *testing.T) {
	check, err := probe.ParseCheck("tcp://" + testkit.FreeAddr(t))
	if err != nil {
		t.Fatal(err)
	}
	addr := drainitAt(t, "127.0.0.1:0", 1, probe.NewGate(probe.GateConfig{Live: check}))
	got := callCtl(t, elsewhere(), nil, "live", "--probe-addr", addr)
	if got.status != 1 || !strings.HasPrefix(got.stderr, "drainit: not alive: live-check failed: tcp://127.0.0.1:") {
		t.Errorf("got %+v, want status 1 and the failed check", got)
	}
}

func TestCtlStatus(t *testing.T) {
	addr := drainitAt(t, "127.0.0.1:0", 1, probe.NewGate(probe.GateConfig{}))
	got := callCtl(t, elsewhere(), nil, "status", "--probe-addr="+addr)
	if want := (said{0, aStatus(1).Text(), ""}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	got = callCtl(t, elsewhere(), nil, "status", "--json", "--probe-addr="+addr)
	var st probe.Status
	if err := json.Unmarshal([]byte(got.stdout), &st); err != nil || got.status != 0 {
		t.Fatalf("--json: %v in %+v", err, got)
	}
	want, _ := json.Marshal(aStatus(1))
	if again, _ := json.Marshal(st); !bytes.Equal(again, want) {
		t.Errorf("--json reads as\n%s\nwant\n%s", again, want)
	}
}

// faked answers every path with the body, and with a drainit's headers but for
// those given; "status" is the reply's.
func faked(t *testing.T, headers map[string]string, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(probe.HeaderVersion, "test")
		w.Header().Set(probe.HeaderPID, "1")
		w.Header().Set(probe.HeaderPIDNamespace, strconv.FormatUint(elsewhere().pidNamespace, 10))
		for name, value := range headers {
			w.Header().Set(name, value)
			if value == "" {
				w.Header().Del(name)
			}
		}
		if code, err := strconv.Atoi(headers["status"]); err == nil {
			w.WriteHeader(code)
		}
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestCtlBelievesNobodyElse(t *testing.T) {
	for _, tt := range []struct {
		what    string
		headers map[string]string
		want    string
	}{
		{"another container", map[string]string{probe.HeaderPIDNamespace: "4026532000"},
			"the reply on ADDR is another container's (they share a network namespace): give each its own --probe-addr"},
		{"no namespace", map[string]string{probe.HeaderPIDNamespace: ""},
			"the reply on ADDR is another container's (they share a network namespace): give each its own --probe-addr"},
		{"another program", map[string]string{probe.HeaderVersion: ""},
			"something else than drainit answers on ADDR (--probe-addr)"},
	} {
		addr := faked(t, tt.headers, "{}")
		for verb, prefix := range map[string]string{"ready": "not ready: ", "live": "not alive: ", "status": ""} {
			want := said{1, "", "drainit: " + prefix + strings.ReplaceAll(tt.want, "ADDR", addr) + "\n"}
			if got := callCtl(t, elsewhere(), nil, verb, "--probe-addr", addr); got != want {
				t.Errorf("%s, %s: got %+v, want %+v", tt.what, verb, got, want)
			}
		}
	}
	blind := elsewhere()
	blind.pidNamespace = 0 // cannot be told
	if got := callCtl(t, blind, nil, "ready", "--probe-addr", faked(t, nil, "")); got.status != 0 {
		t.Errorf("own namespace unknown: got %+v, want the reply believed", got)
	}
	got := callCtl(t, elsewhere(), nil, "ready", "--probe-addr", faked(t, map[string]string{"status": "503"}, "[-]a\x1b[2J\n[+]b ok\n[-]c\nd"))
	if want := (said{1, "", "drainit: not ready: a?[2J; c\n"}); got != want {
		t.Errorf("a reply with escapes: got %+v, want %+v", got, want)
	}
	got = callCtl(t, elsewhere(), nil, "status", "--probe-addr", faked(t, nil, "<html>"))
	if got.status != 1 || !strings.HasPrefix(got.stderr, "drainit: the reply is no status: ") {
		t.Errorf("no JSON: got %+v", got)
	}
}

// Containers that share their PIDs are told apart by the PID.
func TestCtlBelievesNoOtherPID(t *testing.T) {
	addr := faked(t, nil, "")
	a := seen(map[int][]string{1: {"/pause"}, 20: {"/drainit", "--probe-addr", addr, "--", "app"}})
	want := said{1, "", "drainit: not ready: the reply on " + addr + " is that of PID 1, but drainit here is PID 20: give each its own --probe-addr\n"}
	if got := callCtl(t, a, nil, "ready"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	a.container = func(int) container { return unsureContainer }
	if got := callCtl(t, a, []string{"DRAINIT_PROBE_ADDR=" + addr}, "ready"); got != (said{}) {
		t.Errorf("not sure whose: got %+v, want the reply believed", got)
	}
}

func TestCtlFollowsNothing(t *testing.T) {
	ready := faked(t, nil, "")
	s := httptest.NewServer(http.RedirectHandler("http://"+ready, http.StatusFound))
	defer s.Close()
	t.Setenv("http_proxy", "http://"+ready)
	got := callCtl(t, elsewhere(), nil, "ready", "--probe-addr", s.Listener.Addr().String())
	if got.status != 1 || !strings.Contains(got.stderr, "something else") {
		t.Errorf("got %+v, want the redirect refused", got)
	}
}

func TestCtlTellsWhatSpeaksNoHTTP(t *testing.T) {
	for says, want := range map[string]string{
		"SSH-2.0-x\r\n": "something else than drainit answers on ADDR (--probe-addr): ",
		"":              "nothing answers on ADDR: unexpected EOF; PID 1 is nginx, drainit is not running here\n",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			if c, err := l.Accept(); err == nil {
				bufio.NewReader(c).ReadString('\n') // before the close: else a reset
				c.Write([]byte(says))
				c.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, c)
				c.Close()
			}
		}()
		got := callCtl(t, elsewhere(), nil, "ready", "--probe-addr", l.Addr().String())
		want := "drainit: not ready: " + strings.Replace(want, "ADDR", l.Addr().String(), 1)
		if got.status != 1 || !strings.HasPrefix(got.stderr, want) {
			t.Errorf("%q: got %+v, want %s", says, got, want)
		}
		l.Close()
	}
}

func TestCtlWaitsNoLongerThanALimit(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	before := time.Now()
	got := callCtl(t, elsewhere(), nil, "live", "--probe-addr", l.Addr().String())
	want := said{1, "", "drainit: not alive: nothing answers on " + l.Addr().String() +
		": no answer within 2s; PID 1 is nginx, drainit is not running here\n"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if took := time.Since(before); took < askLimit || took > 10*askLimit {
		t.Errorf("took %v, want %v", took, askLimit)
	}
}

// Which of the two limits is noticed first is the machine's choice.
func TestCtlLateByTheConnectionsClock(t *testing.T) {
	late := &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	if got := plainly(t.Context(), late); got != errLate {
		t.Errorf("%v became %v, want %v", late, got, errLate)
	}
}

func TestCtlFindsTheAddress(t *testing.T) {
	const env = "DRAINIT_PROBE_ADDR="
	for _, tt := range []struct {
		what      string
		processes map[int][]string
		environ   string // of the running drainit; "" if it cannot be read
		env       string
		flag      string
		want      probeTarget
	}{
		{"nothing runs", nil, "", "", "", probeTarget{":10143", "the default", 0}},
		{"own variable", nil, "", env + ":1", "", probeTarget{":1", "DRAINIT_PROBE_ADDR", 0}},
		{"own flag", map[int][]string{1: {"drainit", "--probe-addr=:3"}}, "", env + ":1", ":2", probeTarget{":2", "--probe-addr", 0}},
		{"PID 1", map[int][]string{1: {"/drainit", "--", "app"}}, "", "", "", probeTarget{":10143", "the default", 1}},
		{"PID 1's flag", map[int][]string{1: {"/drainit", "--group", "--probe-addr", "3", "app"}}, env + ":4", env + ":1", "", probeTarget{":3", "--probe-addr of PID 1", 1}},
		{"PID 1's command's flag", map[int][]string{1: {"/drainit", "app", "--probe-addr", "3"}}, "", "", "", probeTarget{":10143", "the default", 1}},
		{"PID 1's variable", map[int][]string{1: {"/drainit", "app"}}, env + ":4", "", "", probeTarget{":4", "DRAINIT_PROBE_ADDR", 1}},
		{"own variable beats PID 1's", map[int][]string{1: {"/drainit", "app"}}, env + ":4", env + ":1", "", probeTarget{":1", "DRAINIT_PROBE_ADDR", 1}},
		{"off", map[int][]string{1: {"/drainit", "--probe-addr=off", "app"}}, "", env + ":1", "", probeTarget{"", "--probe-addr of PID 1", 1}},
		{"another PID", map[int][]string{1: {"docker-init", "--", "/drainit"}, 6: {"drainit", "ctl", "sleep"}, 9: {"/x/drainit", "--probe-addr=:3", "app"}}, "", "", "",
			probeTarget{":3", "--probe-addr of PID 9", 9}},
		{"this very process", map[int][]string{7: {"/drainit", "--probe-addr=:3"}}, "", "", "", probeTarget{":10143", "the default", 0}},
	} {
		a := seen(tt.processes)
		if tt.environ != "" {
			a.env = func(int) ([]string, error) { return []string{"PATH=/bin", tt.environ}, nil }
		}
		var own []string
		if tt.env != "" {
			own = []string{tt.env}
		}
		c := call{env: own, around: a}
		flags := config.Scanned{Given: map[string]string{}}
		if tt.flag != "" {
			flags.Given["probe-addr"] = tt.flag
		}
		if got, err := c.target(flags); got != tt.want || err != nil && tt.want.addr != "" {
			t.Errorf("%s: got %+v, %v; want %+v", tt.what, got, err, tt.want)
		}
	}
}

func TestCtlFindsItsOwnContainersDrainit(t *testing.T) {
	a := seen(map[int][]string{1: {"/pause"}, 20: {"drainit", "a"}, 30: {"drainit", "b"}, 40: {"drainit", "c"}, 50: {"drainit"}})
	in := map[int]container{20: otherContainer, 30: unsureContainer, 40: sameContainer, 50: sameContainer}
	a.container = func(pid int) container { return in[pid] }
	for _, want := range []neighbour{{40, []string{"drainit", "c"}, true}, {50, []string{"drainit"}, true}, {30, []string{"drainit", "b"}, false}} {
		got, ok := a.findDrainit()
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v; want %+v", got, ok, want)
		}
		in[got.pid] = otherContainer
	}
	if got, ok := a.findDrainit(); ok {
		t.Errorf("got %+v of another container, want none", got)
	}
	renamed := seen(map[int][]string{1: {"/init", "app"}})
	renamed.sameProgram = func(pid int) bool { return pid == 1 }
	if got, ok := renamed.findDrainit(); !ok || got.pid != 1 {
		t.Errorf("under another name: got %+v, %v; want PID 1", got, ok)
	}
}

func TestCtlTriesBothLoopbacks(t *testing.T) {
	for in, want := range map[string]string{
		":1": "127.0.0.1:1 [::1]:1", "[::]:1": "127.0.0.1:1 [::1]:1", "0.0.0.0:1": "127.0.0.1:1",
		"127.0.0.1:1": "127.0.0.1:1", "[::1]:1": "[::1]:1", "10.1.2.3:1": "10.1.2.3:1",
	} {
		if got := strings.Join(loopbacks(in), " "); got != want {
			t.Errorf("loopbacks(%q) = %s, want %s", in, got, want)
		}
	}
	addr := drainitAt(t, "[::1]:0", 1, probe.NewGate(probe.GateConfig{}))
	_, port, _ := net.SplitHostPort(addr)
	if got := callCtl(t, elsewhere(), nil, "ready", "--probe-addr", ":"+port); got != (said{}) {
		t.Errorf("IPv6 alone: got %+v, want nothing and status 0", got)
	}
}

func TestCtlProbesOff(t *testing.T) {
	want := said{1, "", "drainit: probes are off (DRAINIT_PROBE_ADDR), so there is nothing to ask; set a --probe-addr, which 127.0.0.1:10143 keeps inside the pod\n"}
	for _, verb := range []string{"ready", "live", "status"} {
		if got := callCtl(t, elsewhere(), []string{"DRAINIT_PROBE_ADDR=off"}, verb); got != want {
			t.Errorf("%s: got %+v, want %+v", verb, got, want)
		}
	}
}

func TestCtlNobodyAnswers(t *testing.T) {
	addr := testkit.FreeAddr(t)
	start := "drainit: nothing answers on " + addr + ": connection refused; "
	write := "\na manifest's command: replaces the image's ENTRYPOINT; write\n    command: "
	for _, tt := range []struct {
		what string
		pid1 []string
		self int
		want string
	}{
		{"nginx", []string{"nginx", "-g", "daemon off;"}, 7, `PID 1 is nginx, drainit is not running here` + write + `["/opt/drainit","--","nginx","-g","daemon off;"]`},
		{"a path, and what JSON would escape", []string{"/bin/sh", "-c", "a && b <\"c\""}, 7, `PID 1 is sh, drainit is not running here` + write + `["/opt/drainit","--","/bin/sh","-c","a && b <\"c\""]`},
		{"a title", []string{"nginx: master process nginx -g daemon off;"}, 7, `PID 1 is nginx, drainit is not running here` + write + `["/opt/drainit","--","nginx","ARG"]`},
		{"another init", []string{"/sbin/docker-init", "--", "/app", "x"}, 7, `PID 1 is docker-init, drainit is not running here` + write + `["/opt/drainit","--","/app","x"]`},
		{"pause", []string{"/pause"}, 7, `PID 1 is pause, drainit is not running here` + write + `["/opt/drainit","--","COMMAND"]`},
		{"escapes", []string{"a\x1b[2J\nb"}, 7, `PID 1 is a?[2J?b, drainit is not running here` + write + `["/opt/drainit","--","a\u001b[2J\nb"]`},
		{"drainit", []string{"/drainit", "app"}, 7, `drainit is running as PID 1, and its log says whether it serves probes`},
		{"hidden", nil, 7, `neither drainit nor PID 1 can be seen here`},
		{"itself", []string{"/drainit", "ctl", "status"}, 1, `this is PID 1 of a container of its own, run ctl inside the other one (kubectl exec, docker exec)`},
	} {
		a := seen(map[int][]string{1: tt.pid1})
		a.self = tt.self
		want := said{1, "", start + tt.want + "\n"}
		if got := callCtl(t, a, nil, "status", "--probe-addr", addr); got != want {
			t.Errorf("%s: got %+v\nwant %+v", tt.what, got, want)
		}
		short, _, _ := strings.Cut(tt.want, "\n")
		want.stderr = strings.Replace(start, "drainit: ", "drainit: not ready: ", 1) + short + "\n"
		if got := callCtl(t, a, nil, "ready", "--probe-addr", addr); got != want {
			t.Errorf("%s: ready: got %+v\nwant %+v", tt.what, got, want)
		}
	}
}

// What the test's own surroundings are is not known; that they can be looked at
// is.
func TestCtlRealSurroundings(t *testing.T) {
	a := realSurroundings()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if a.executable != exe || a.self != os.Getpid() || a.pidNamespace == 0 {
		t.Errorf("executable %q, PID %d, namespace %d; want %q, %d and one", a.executable, a.self, a.pidNamespace, exe, os.Getpid())
	}
	if !a.sameProgram(a.self) || a.container(a.self) != sameContainer {
		t.Error("this process is not in its own container or does not run its own program")
	}
	if argv, err := a.argv(a.self); err != nil || argv[0] != os.Args[0] {
		t.Errorf("own command line: got %q, %v; want %q", argv, err, os.Args)
	}
	env, err := a.env(a.self)
	if err != nil || config.Getenv(env, "PATH") != os.Getenv("PATH") {
		t.Errorf("own environment: got PATH %q, %v; want %q", config.Getenv(env, "PATH"), err, os.Getenv("PATH"))
	}
	found := false
	for _, pid := range a.pids() {
		found = found || pid == a.self
	}
	if !found {
		t.Error("this process is not among all")
	}
}
