package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"drainit/internal/frontproc"
	"drainit/internal/probe"
	"drainit/internal/process"
	"drainit/internal/testkit"
)

// roleApp listens on args[0], a path where it begins with a slash, and is gone
// at once on SIGTERM, unless args[1] is "deaf". It answers after what the path
// says (/500ms); /die ends it, /stream begins an answer and no more, /upgrade
// makes the connection an echo, /socket a WebSocket, and /events says events.
func roleApp(args []string) int {
	network := "tcp"
	if strings.HasPrefix(args[0], "/") {
		network = "unix"
	}
	l, err := net.Listen(network, args[0])
	must(err)
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/die":
			os.Exit(3)
		case "/stream":
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			time.Sleep(time.Hour)
		case "/socket":
			serveSocket(w)
			return
		case "/events":
			serveEvents(w)
			return
		case "/upgrade":
			conn, buf, err := w.(http.Hijacker).Hijack()
			must(err)
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
			_, _ = io.Copy(conn, buf)
			return
		}
		d, err := time.ParseDuration(strings.TrimPrefix(r.URL.Path, "/"))
		must(err)
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(d)
		io.WriteString(w, "answer")
	}))
	if len(args) > 1 {
		return roleIgnore([]string{"15"})
	}
	return roleWait([]string{"0"})
}

// fronted is a drainit with a front, and the address to ask.
type fronted struct {
	*running
	addr   string
	target string
	probes string
}

// launchFront starts the role app behind a front.
func launchFront(t *testing.T, s spec, flags []string, app ...string) *fronted {
	t.Helper()
	f := &fronted{addr: testkit.FreeAddr(t), target: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
	s.args = command(append([]string{"--front", f.addr + "=" + f.target, "--probe-addr", f.probes}, flags...), role("app", append([]string{f.target}, app...)...)...)
	f.running = launch(t, s)
	f.says("ready")
	testkit.Soon(t, "ready (stderr "+f.stderr.String()+")", func() bool { return f.code("/readyz") == 200 })
	return f
}

// code is the status of an endpoint, 0 where nothing answers.
func (f *fronted) code(path string) int {
	answer, err := probe.Fetch(context.Background(), f.probes, path)
	if err != nil {
		return 0
	}
	return answer.Code
}

func (f *fronted) body(path string) string {
	f.t.Helper()
	answer, err := probe.Fetch(context.Background(), f.probes, path)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(answer.Body)
}

func (f *fronted) status() (st probe.Status) {
	f.t.Helper()
	if err := json.Unmarshal([]byte(f.body("/drain")), &st); err != nil {
		f.t.Fatal(err)
	}
	return st
}

// frontPID is the front's, in the tests' namespace.
func (f *fronted) frontPID() int {
	f.t.Helper()
	return f.pidOf(frontproc.Name + " " + f.addr)
}

// asking sends one request through the front, and tells how it ended.
type asking struct {
	code int
	body string
	err  error
}

func (f *fronted) ask(path string) <-chan asking {
	done := make(chan asking, 1)
	go func() {
		var a asking
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + f.addr + path)
		if a.err = err; err == nil {
			var b []byte
			b, a.err = io.ReadAll(answer.Body)
			answer.Body.Close()
			a.code, a.body = answer.StatusCode, string(b)
		}
		done <- a
	}()
	return done
}

// inFlight waits until the front has so many requests in flight.
func (f *fronted) inFlight(n int) {
	f.t.Helper()
	testkit.Soon(f.t, fmt.Sprintf("%d requests in flight", n), func() bool {
		front := f.status().Front
		return front.InFlight+front.Upgraded == n
	})
}

// refuses: nobody has the port open any more, drainit neither, which lives.
func (f *fronted) refuses() {
	f.t.Helper()
	if conn, err := net.Dial("tcp", f.addr); !errors.Is(err, syscall.ECONNREFUSED) {
		f.t.Errorf("connecting to %s: got %v, %v; want it refused", f.addr, conn, err)
	}
	if !runs(f.cmd.Process.Pid) {
		f.t.Error("drainit has gone")
	}
}

func ended(t *testing.T, done <-chan asking) asking {
	t.Helper()
	select {
	case a := <-done:
		return a
	case <-time.After(testkit.Patience):
		t.Fatal("a request hangs")
		return asking{}
	}
}

// load is clients that ask on connections they keep, until they are refused:
// where there are routes they would be sent elsewhere by then.
type load struct {
	wg       sync.WaitGroup
	answered atomic.Int64
	mu       sync.Mutex
	lost     []string
}

func (l *load) lose(who string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = append(l.lost, fmt.Sprintf("%s: %v", who, err))
}

// goClient posts with Go's client, which does not repeat these.
func (l *load) goClient(addr string, every time.Duration) {
	l.wg.Go(func() {
		client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
		for ; ; time.Sleep(every) {
			request, _ := http.NewRequest("POST", "http://"+addr+"/5ms", struct{ io.Reader }{strings.NewReader("hello")})
			request.ContentLength = 5
			answer, err := client.Do(request)
			if errors.Is(err, syscall.ECONNREFUSED) {
				return
			}
			if err == nil {
				_, err = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if err == nil && answer.StatusCode != 200 {
					err = errors.New(answer.Status)
				}
			}
			if err != nil {
				l.lose("Go", err)
				return
			}
			l.answered.Add(1)
		}
	})
}

// rawClient posts on a connection of its own, and makes another one when it is
// told to.
func (l *load) rawClient(addr string, every time.Duration) {
	l.wg.Go(func() {
		for {
			conn, err := net.Dial("tcp", addr)
			if errors.Is(err, syscall.ECONNREFUSED) {
				return
			}
			for r := bufio.NewReader(conn); err == nil; time.Sleep(every) {
				var answer *http.Response
				_, err = io.WriteString(conn, "POST /5ms HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
				if err == nil {
					answer, err = http.ReadResponse(r, nil)
				}
				if err == nil {
					_, err = io.Copy(io.Discard, answer.Body)
				}
				if err == nil && answer.StatusCode != 200 {
					err = errors.New(answer.Status)
				}
				if err == nil {
					l.answered.Add(1)
				}
				if err != nil || answer.Close {
					break
				}
			}
			conn.Close()
			if err != nil {
				l.lose("raw", err)
				return
			}
		}
	})
}

func newLoad(addr string) *load {
	l := new(load)
	for i := range 8 {
		l.goClient(addr, time.Duration(i)*time.Millisecond)
		l.rawClient(addr, time.Duration(i)*time.Millisecond)
	}
	return l
}

// TestFrontLosesNothing: a program that is gone at once on SIGTERM, and clients
// that post on kept connections through its stop.
func TestFrontLosesNothing(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		t.Run(map[bool]string{false: "init", true: "not init"}[notInit], func(t *testing.T) {
			t.Parallel()
			f := launchFront(t, spec{notInit: notInit}, []string{"--grace-period", "30", "--drain-delay", "1"})
			front := f.frontPID()
			l := newLoad(f.addr)
			slow := f.ask("/3s")
			testkit.Soon(t, "a hundred answers", func() bool { return l.answered.Load() > 100 })
			f.signal(syscall.SIGTERM)
			l.wg.Wait()
			f.wantExit(0)
			if len(l.lost) > 0 {
				t.Errorf("%d lost of %d: %q; stderr:\n%s", len(l.lost), l.answered.Load(), l.lost, f.stderr)
			}
			if a := ended(t, slow); a.err != nil || a.code != 200 {
				t.Errorf("the slow request: %+v", a)
			}
			f.wantLogged("hold_ended", "nothing in flight")
			f.wantLogged("requests_cut", "0")
			f.wantLogged("ended", "child exited")
			if runs(front) {
				t.Error("the front is left")
			}
		})
	}
}

// TestWithoutFrontSomeAreLost is the same with the program alone: the test above
// can fail.
func TestWithoutFrontSomeAreLost(t *testing.T) {
	t.Parallel()
	addr := testkit.FreeAddr(t)
	r := launch(t, spec{args: command([]string{"--grace-period", "30", "--drain-delay", "1"}, role("app", addr)...)})
	r.says("ready")
	l := newLoad(addr)
	testkit.Soon(t, "a hundred answers", func() bool { return l.answered.Load() > 100 })
	r.signal(syscall.SIGTERM)
	l.wg.Wait()
	r.wantExit(0)
	if len(l.lost) == 0 {
		t.Errorf("none lost of %d", l.answered.Load())
	}
}

// TestFrontUnixTarget: the program may listen on a unix socket.
func TestFrontUnixTarget(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "front")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	f := &fronted{addr: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
	socket := dir + "/app.sock"
	f.running = launch(t, spec{
		args: command(nil, sh("sleep 0.5; exec "+strings.Join(role("app", socket), " "))...),
		env:  []string{"DRAINIT_FRONT=" + f.addr + "=unix:" + socket, "DRAINIT_PROBE_ADDR=" + f.probes, "DRAINIT_GRACE_PERIOD=10", "DRAINIT_DRAIN_DELAY=0"},
	})
	testkit.Soon(t, "red while the program does not listen", func() bool {
		answer, err := probe.Fetch(t.Context(), f.probes, "/readyz")
		return err == nil && answer.Code == 503 && strings.Contains(string(answer.Body), "unix:"+socket+" is not listened on")
	})
	testkit.Soon(t, "ready", func() bool { return f.code("/readyz") == 200 })
	if a := ended(t, f.ask("/0s")); a.code != 200 || a.body != "answer" {
		t.Errorf("got %+v", a)
	}
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
}

// TestFrontProgramAtAnotherAddress: a program that listens on another address of this
// machine, as one on localhost may listen on ::1 alone, is none that the front reaches.
func TestFrontProgramAtAnotherAddress(t *testing.T) {
	t.Parallel()
	f := &fronted{addr: testkit.FreeAddr(t), target: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
	_, port, _ := net.SplitHostPort(f.target)
	f.running = launch(t, spec{args: command([]string{"--front", f.addr + "=" + f.target, "--probe-addr", f.probes, "--grace-period", "10"},
		role("app", "127.0.0.2:"+port)...)})
	f.says("ready")
	want := f.target + " is not listened on, only 127.0.0.2:" + port + " is"
	testkit.Soon(t, want, func() bool {
		answer, err := probe.Fetch(t.Context(), f.probes, "/readyz")
		return err == nil && answer.Code == 503 && strings.Contains(string(answer.Body), want)
	})
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
}

// TestFrontProgramDiesEarly: who waits for an answer is told so, and drainit
// leaves with the program's status.
func TestFrontProgramDiesEarly(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		f := launchFront(t, spec{notInit: notInit}, []string{"--grace-period", "30"})
		waiting := f.ask("/1h")
		f.inFlight(1)
		dies := f.ask("/die")
		for _, done := range []<-chan asking{waiting, dies} {
			if a := ended(t, done); a.err != nil || a.code != 502 {
				t.Errorf("not init %v: got %+v, want a 502; stderr:\n%s", notInit, a, f.stderr)
			}
		}
		f.wantExit(3)
		if text := f.stderr.String(); strings.Contains(text, "leftovers") || strings.Contains(text, "drain report") {
			t.Errorf("not init %v: more was said than there is:\n%s", notInit, text)
		}
	}
}

// TestFrontProgramDiesInAStop: the same, and it is counted.
func TestFrontProgramDiesInAStop(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{}, []string{"--grace-period", "30", "--drain-delay", "10"})
	waiting, streaming := f.ask("/1h"), f.ask("/stream")
	f.inFlight(2)
	f.signal(syscall.SIGTERM)
	f.logs("stop requested")
	dies := f.ask("/die")
	for _, done := range []<-chan asking{waiting, dies} {
		if a := ended(t, done); a.err != nil || a.code != 502 {
			t.Errorf("got %+v, want a 502; stderr:\n%s", a, f.stderr)
		}
	}
	if a := ended(t, streaming); a.body != "begun" || !errors.Is(a.err, io.ErrUnexpectedEOF) {
		t.Errorf("got %+v, want what was answered and no clean end", a)
	}
	f.wantExit(3)
	f.wantLogged("requests_cut", "3")
	f.logs(`level=WARN msg="drain report"`)
}

// TestFrontKilled: its end is a stop, and the reason is told.
func TestFrontKilled(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		f := launchFront(t, spec{notInit: notInit}, []string{"--grace-period", "30", "--drain-delay", "10"}, "deaf")
		if got := f.body("/metrics"); !strings.Contains(got, "\ndrainit_front_up 1\n") {
			t.Errorf("got metrics %s", got)
		}
		_ = syscall.Kill(f.frontPID(), syscall.SIGKILL)
		f.logs(`level=ERROR msg="front has gone" status=137 why="a signal that drainit did not send"`)
		f.logs(`msg="stop signal sent"`)
		f.refuses()
		if got := f.body("/metrics"); !strings.Contains(got, "\ndrainit_front_up 0\n") {
			t.Errorf("got metrics %s", got)
		}
		_ = syscall.Kill(f.pidOf("role:app"), syscall.SIGKILL)
		f.wantExit(137)
		f.wantLogged("hold", "0s")
		f.wantLogged("hold_rule", "front has gone")
		f.wantLogged("exit_with", "front")
		f.wantLogged("request", "none")
	}
}

// TestFrontKilledInTheHold ends the hold: there is nobody left to hold for.
func TestFrontKilledInTheHold(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{}, []string{"--grace-period", "60", "--drain-delay", "40"})
	f.signal(syscall.SIGTERM)
	f.logs("stop requested")
	_ = syscall.Kill(f.frontPID(), syscall.SIGKILL)
	f.wantExit(137)
	f.wantLogged("hold_ended", "front has gone")
	f.wantLogged("request", "SIGTERM")
	f.logs(`msg="front has gone" status=137`)
}

// TestFrontAddressTaken is known before the program starts.
func TestFrontAddressTaken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := launch(t, spec{args: command([]string{"--grace-period", "9", "--front", l.Addr().String() + "=1"}, sh("echo started")...)})
	r.wantExit(125)
	r.logs("is already in use by another program; containers of a pod share their ports: stop it, or write another address to listen on (DRAINIT_FRONT)")
	if r.stdout.String() != "" {
		t.Error("the program was started")
	}
}

// TestFrontLeftovers: it is none of them.
func TestFrontLeftovers(t *testing.T) {
	t.Parallel()
	for _, notInit := range []bool{false, true} {
		file := t.TempDir() + "/finished"
		addr := testkit.FreeAddr(t)
		r := launch(t, spec{args: command([]string{"--grace-period", "30", "--drain-delay", "0", "--sweep", "20s", "--front", addr + "=1"}, role("descendant", file)...), notInit: notInit})
		r.says("started")
		r.says("ready")
		front := r.pidOf(frontproc.Name)
		r.signal(syscall.SIGTERM)
		r.logs("leftovers=1")
		testkit.Soon(t, "the front is gone before the leftover", func() bool { return !runs(front) })
		r.wantExit(0)
		if b, err := os.ReadFile(file); err != nil || string(b) != "finished\n" {
			t.Errorf("not init %v: the leftover was cut: %q, %v; stderr %q", notInit, b, err, r.stderr)
		}
		r.wantLogged("ended", "nothing left")
	}
}

// TestFrontInherits nothing that is meant for the program, and the program
// nothing of it.
func TestFrontInherits(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	f := launchFront(t, spec{files: []*os.File{writer, writer}, env: []string{"GODEBUG=x=1", "SECRET=1"}}, []string{"--grace-period", "9", "--drain-delay", "0"})
	writer.Close()
	front, app := f.frontPID(), f.pidOf("role:app")
	pipe := links(t, app)["4"] // 3 is the front's first listener there
	if !strings.HasPrefix(pipe, "pipe:") {
		t.Fatalf("the program's descriptor 3 is %q", pipe)
	}
	theirs := map[string]bool{}
	for _, link := range links(t, front) {
		if link == pipe {
			t.Error("the front has the program's descriptor")
		}
		theirs[link] = true
	}
	for fd, link := range links(t, app) {
		if theirs[link] && strings.HasPrefix(link, "socket:") {
			t.Errorf("the program's descriptor %s is the front's %s", fd, link)
		}
	}
	for fd, link := range links(t, f.cmd.Process.Pid) {
		if theirs[link] && strings.HasPrefix(link, "socket:") {
			t.Errorf("drainit keeps the front's %s open, as %s", link, fd)
		}
	}
	if env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", front)); err != nil || len(env) > 0 {
		t.Errorf("the front's environment: %q, %v", env, err)
	}
	if group, err := syscall.Getpgid(front); err != nil || group != front {
		t.Errorf("the front is in group %d, %v; want its own", group, err)
	}
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
}

// links are the descriptors of a process and what they are.
func links(t *testing.T, pid int) map[string]string {
	t.Helper()
	all := map[string]string{}
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(fds) == 0 {
		t.Fatalf("descriptors of %d: %q, %v", pid, fds, err)
	}
	for _, fd := range fds {
		if link, err := os.Readlink(fd); err == nil {
			all[filepath.Base(fd)] = link
		}
	}
	return all
}

// TestFrontIgnoresSignals that platforms and terminals send to everybody.
func TestFrontIgnoresSignals(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{}, []string{"--grace-period", "9", "--drain-delay", "0"})
	front := f.frontPID()
	for n := 1; n <= 64; n++ {
		if !process.IsRuntimes(syscall.Signal(n)) || n == 32 || n == 34 {
			_ = syscall.Kill(front, syscall.Signal(n))
		}
	}
	if a := ended(t, f.ask("/50ms")); a.code != 200 {
		t.Errorf("got %+v; stderr:\n%s", a, f.stderr)
	}
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
}

// TestFrontReadiness: red until the program listens where it is expected, and
// when the front does not serve.
func TestFrontReadiness(t *testing.T) {
	t.Parallel()
	f := &fronted{addr: testkit.FreeAddr(t), target: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
	_, port, _ := net.SplitHostPort(f.target)
	f.running = launch(t, spec{args: command([]string{"--grace-period", "9", "--front", f.addr + "=" + f.target, "--probe-addr", f.probes},
		role("listen", f.target, "1s")...)})
	testkit.Soon(t, "red", func() bool { return f.code("/readyz") == 503 })
	testkit.Soon(t, "red for the target alone", func() bool {
		text := f.body("/readyz?verbose")
		return strings.Contains(text, "[+]front ok") && strings.Contains(text, "[-]ports failed: port "+port+" is not listened on")
	})
	f.says("ready")
	if got := f.body("/readyz?verbose"); f.code("/readyz") != 200 {
		t.Errorf("got %s", got)
	}
}

// TestFrontLogs as it was told to, and says that it is the front.
func TestFrontLogs(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{}, []string{"--grace-period", "9", "--drain-delay", "0", "--log-format", "json", "--log-level", "debug"})
	conn, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\n")
	f.logs(`"level":"DEBUG","msg":"request refused","logger":"drainit","process":"front","reason":"a line does not end with CR LF"`)
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
	for line := range strings.Lines(f.stderr.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

// TestFrontTold: what is told of it everywhere.
func TestFrontTold(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{}, []string{"--grace-period", "30", "--drain-delay", "1"})
	for range 3 {
		ended(t, f.ask("/0s"))
	}
	waiting := f.ask("/4s")
	f.inFlight(1)
	metrics := f.body("/metrics")
	for _, want := range []string{
		`drainit_front_requests_total{code="2xx"} 3`, "drainit_front_in_flight 1", "drainit_front_connections 1", "drainit_front_up 1", "drainit_front_cut_total 0",
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("metrics lack %s:\n%s", want, metrics)
		}
	}
	if text := f.status().Text(); !strings.Contains(text, "front         "+f.addr+"="+f.target+": serving; in flight 1, upgraded 0, connections 1; answered 2xx 3;") {
		t.Errorf("ctl status says\n%s", text)
	}
	f.signal(syscall.SIGTERM)
	ended(t, waiting)
	f.wantExit(0)
	f.logs(`msg="front closed" after=1`)
}

// TestFrontAskedTwice: now. What is in flight is the program's to finish.
func TestFrontAskedTwice(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{}, []string{"--grace-period", "60", "--drain-delay", "30"})
	waiting := f.ask("/1h")
	f.inFlight(1)
	f.signal(syscall.SIGTERM)
	f.logs("stop requested")
	time.Sleep(300 * time.Millisecond)
	f.signal(syscall.SIGTERM)
	if a := ended(t, waiting); a.err != nil || a.code != 502 {
		t.Errorf("got %+v, want a 502; stderr:\n%s", a, f.stderr)
	}
	f.wantExit(0)
	f.wantLogged("hold_ended", "asked again")
	f.wantLogged("requests_cut", "1")
}

// TestFrontDeadline: a request that hangs and a connection that was upgraded are
// waited for until the reserve begins, and not longer.
func TestFrontDeadline(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{}, []string{"--deadline", "12s", "--drain-delay", "0"}, "deaf")
	waiting := f.ask("/1h")
	socket, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	r := bufio.NewReader(socket)
	io.WriteString(socket, "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	if answer, err := http.ReadResponse(r, nil); err != nil || answer.StatusCode != 101 {
		t.Fatalf("got %v, %v; want 101", answer, err)
	}
	f.inFlight(2)
	f.signal(syscall.SIGTERM)
	f.logs(`msg="stop signal sent"`)
	timeline := f.status().Timeline
	i := slices.IndexFunc(timeline, func(e probe.Event) bool { return e.Event == "front_closed" })
	if i < 0 || !timeline[i].Done || timeline[i].At.IsZero() {
		t.Errorf("the timeline has no time of front_closed: %+v", timeline)
	}
	f.wantLogged("hold_ended", "reserve begins")
	f.wantLogged("connections", "2 requests in flight remained")
	f.refuses()
	io.WriteString(socket, "still here\n") // and not cut: the program has the reserve
	if line, err := r.ReadString('\n'); line != "still here\n" {
		t.Errorf("through the tunnel: got %q, %v", line, err)
	}
	if a := ended(t, waiting); a.err == nil && a.code == 200 {
		t.Errorf("got %+v of a program that was killed", a)
	}
	f.wantExit(137)
	f.wantLogged("requests_cut_at_most", "2")
	if text := f.stderr.String(); strings.Contains(text, `msg="front has gone"`) {
		t.Errorf("it was killed with the rest:\n%s", text)
	}
}

// TestFrontOutlivesNobody: where drainit is not PID 1 and is killed, its front
// goes, too.
func TestFrontOutlivesNobody(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{notInit: true}, []string{"--grace-period", "9"})
	front, app := f.frontPID(), f.pidOf("role:app")
	defer syscall.Kill(app, syscall.SIGKILL)
	waiting := f.ask("/1h")
	f.inFlight(1)
	_ = f.cmd.Process.Kill()
	testkit.Soon(t, "the front is gone", func() bool { return !runs(front) })
	if a := ended(t, waiting); a.code == 200 {
		t.Errorf("got %+v", a)
	}
}

// TestFrontHangs: one that does not answer is waited for like a request in
// flight, and does not outlive drainit.
func TestFrontHangs(t *testing.T) {
	t.Parallel()
	f := launchFront(t, spec{notInit: true}, []string{"--deadline", "12s", "--drain-delay", "0"})
	front := f.frontPID()
	_ = syscall.Kill(front, syscall.SIGSTOP)
	testkit.Soon(t, "the front is stopped", func() bool { return stateOf(front) == 'T' })
	if st := f.status(); st.Front.Answers {
		t.Errorf("a stopped front answers: %+v", st.Front)
	}
	f.signal(syscall.SIGTERM)
	f.wantExit(0)
	f.wantLogged("hold_ended", "reserve begins")
	f.wantLogged("ended", "front did not end")
	f.wantLogged("leftovers_killed", "false")
	if runs(front) {
		t.Error("the front is left")
	}
}

// TestFrontUnderDrainit: the inner one has none of its own by the variable.
func TestFrontUnderDrainit(t *testing.T) {
	t.Parallel()
	addr := testkit.FreeAddr(t)
	r := launch(t, spec{
		args: append([]string{binary, "--"}, role("wait", "0")...),
		env:  []string{"DRAINIT_FRONT=" + addr + "=1", "DRAINIT_GRACE_PERIOD=9", "DRAINIT_DRAIN_DELAY=0"},
	})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
}

// TestFrontWithoutProc: the program is found by the name it was started by.
func TestFrontWithoutProc(t *testing.T) {
	t.Parallel()
	addr := testkit.FreeAddr(t)
	r := launch(t, spec{args: command([]string{"--grace-period", "9", "--drain-delay", "0", "--front", addr + "=1", "--stop-signal", "TERM"}, role("wait", "0")...), prepare: "no-proc"})
	r.says("ready")
	if a := ended(t, (&fronted{addr: addr}).ask("/")); a.code != 502 && a.err == nil {
		t.Errorf("got %+v", a)
	}
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
}

// TestNobodyIsAFrontByAccident: who only has its name is an ordinary drainit.
func TestNobodyIsAFrontByAccident(t *testing.T) {
	t.Parallel()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	stream := os.NewFile(uintptr(pair[0]), "stream")
	defer stream.Close()
	defer syscall.Close(pair[1])
	for _, stdin := range []io.Reader{nil, strings.NewReader(""), stream} {
		cmd := exec.CommandContext(t.Context(), binary, "--version")
		cmd.Args[0] = frontproc.Name
		cmd.Stdin = stdin
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "drainit "+version+" ") {
			t.Errorf("got %q, %v", out, err)
		}
	}
}
