package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/testkit"
)

// collector takes reports.
type collector struct {
	*httptest.Server
	mu   sync.Mutex
	took []taken
}

type taken struct {
	method, path, user, body string
}

func collect(t *testing.T, start func(*httptest.Server)) *collector {
	c := &collector{}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.took = append(c.took, taken{r.Method, r.URL.Path, user + ":" + password, string(body)})
	}))
	start(c.Server)
	t.Cleanup(c.Close)
	return c
}

// all is what was taken so far.
func (c *collector) all() []taken {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]taken(nil), c.took...)
}

// stops is a program that says when it is ready, and exits with 3 when it is told to stop.
func stops() []string {
	return sh("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done")
}

// stopped launches a drainit, stops it when its program is ready, and returns what was
// logged.
func stopped(t *testing.T, s spec, status int) (log string) {
	t.Helper()
	r := launch(t, s)
	r.says("ready")
	began := time.Now()
	r.signal(syscall.SIGTERM)
	r.wantExit(status)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("over after %v, want half a second or so", took)
	}
	return r.stderr.String()
}

// inTime is stopped, again where this machine was too slow for a report to a good sink.
func inTime(t *testing.T, sink string, s spec, status int) (log string) {
	t.Helper()
	for range 5 {
		log = stopped(t, s, status)
		if !strings.Contains(log, "to=post:"+sink+` error="no answer in time"`) {
			break
		}
	}
	return log
}

// TestReports: as many reports as stops, each whole and each one's own, as JSON and as
// metrics. On a machine that has no half a second for one the log says so. With
// REPORT_RUNS it is that many stops.
func TestReports(t *testing.T) {
	t.Parallel()
	runs := 12
	if n, err := strconv.Atoi(os.Getenv("REPORT_RUNS")); err == nil {
		runs = n
	}
	c := collect(t, (*httptest.Server).Start)
	host := strings.TrimPrefix(c.URL, "http://")
	var all sync.WaitGroup
	var tooLate sync.Map
	began := time.Now()
	for lane := range 2 {
		all.Go(func() {
			for run := lane; run < runs; run += 2 {
				log := stopped(t, spec{args: command([]string{"--name", fmt.Sprint("app-", run), "--report", "post:http://user:secret@" + host + "/reports?secret",
					"--report", "pushgateway:http://" + host}, stops()...)}, 3)
				late := strings.Count(log, `error="no answer in time"`)
				if strings.Count(log, `msg="report sent"`)+late != 2 || strings.Count(log, "WARN") != late || strings.Contains(log, "secret") {
					t.Errorf("logged\n%s", log)
				}
				if late > 0 {
					tooLate.Store(fmt.Sprint("app-", run), true)
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began).Round(time.Millisecond)
	instance, _ := os.Hostname()
	seen := map[string]int{}
	for _, one := range c.all() {
		seen[one.method+" "+one.path]++
		if one.method == "PUT" {
			if !strings.Contains(one.body, "\ndrainit_report_status 3\n") {
				t.Errorf("metrics:\n%s", one.body)
			}
			continue
		}
		var report struct {
			Msg, Job, Instance, Version, Request, Program string
			Status                                        int
			Total                                         float64   `json:"total_seconds"`
			Requested                                     time.Time `json:"stop_request_time"`
		}
		err := json.Unmarshal([]byte(one.body), &report)
		if err != nil || report.Msg != "drain report" || report.Instance != instance || report.Version != version || report.Request != "SIGTERM" || report.Program != "sh" ||
			report.Status != 3 || report.Total <= 0 || time.Since(report.Requested) > time.Hour || one.user != "user:secret" {
			t.Errorf("%v of %s: %s", err, one.user, one.body)
		}
		seen["report of "+report.Job]++
	}
	late := 0
	for run := range runs {
		name := fmt.Sprint("app-", run)
		least := 1
		if _, is := tooLate.Load(name); is {
			least = 0
			late++
		}
		for _, what := range []string{"report of " + name, "PUT /metrics/job/" + name + "/instance/" + instance} {
			if n := seen[what]; n > 1 || n < least {
				t.Errorf("%s: %d times, want once", what, n)
			}
		}
	}
	if late == runs {
		t.Error("all were too late")
	}
	t.Logf("%d stops in %v, of which %d were too late", runs, took, late)
}

// badSinks are those that nobody should send to, but somebody will.
func badSinks(t *testing.T) map[string]string {
	t.Helper()
	serve := func(serve func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				t.Cleanup(func() { c.Close() })
				go serve(c)
			}
		}()
		return l.Addr().String()
	}
	return map[string]string{
		"dead":        testkit.FreeAddr(t),
		"slow":        serve(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }),
		"no such":     "sink.invalid:80",
		"hanging up":  serve(func(c net.Conn) { c.Close() }),
		"half closed": serve(func(c net.Conn) { _ = c.(*net.TCPConn).CloseWrite() }),
		"endless": serve(func(c net.Conn) {
			for _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n"); err == nil; _, err = io.WriteString(c, "X: y\r\n") {
				time.Sleep(time.Millisecond)
			}
		}),
	}
}

// TestReportToBadSinks: they cost their limit at most, nothing else, and a line each. The
// good one beside them has its report.
func TestReportToBadSinks(t *testing.T) {
	t.Parallel()
	c := collect(t, (*httptest.Server).Start)
	var flags []string
	bad := badSinks(t)
	for _, addr := range bad {
		flags = append(flags, "--report", "post:http://"+addr+"/")
	}
	flags = append(flags, "--report", "post:"+c.URL)
	for _, notInit := range []bool{false, true} {
		before := len(c.all())
		log := inTime(t, c.URL, spec{notInit: notInit, args: command(flags, stops()...)}, 3)
		for name, addr := range bad {
			if n := strings.Count(log, `msg="report not sent" to=post:http://`+addr+`/ error=`); n != 1 {
				t.Errorf("%s, %s: %d lines, want 1, in\n%s", name, addr, n, log)
			}
		}
		if n := strings.Count(log, `msg="report sent"`); n != 1 || len(c.all()) == before {
			t.Errorf("%d lines of success, want 1, in\n%s", n, log)
		}
	}
}

// TestReportLeavesNothing: where drainit is not PID 1, what sends its report ends before
// it, and is waited for: whoever adopts orphans may never do that. A busy machine may not
// end it in the 30 ms that there are, so that it has three tries.
func TestReportLeavesNothing(t *testing.T) {
	t.Parallel()
	var left []int
	for range 3 {
		r := launch(t, spec{under: role("waits"), args: command([]string{"--report", "post:http://" + badSinks(t)["slow"]},
			sh("trap 'exit 3' TERM; kill -TERM $PPID; while :; do sleep 0.05; done")...)})
		r.says("over: 3")
		if log := r.stderr.String(); !strings.Contains(log, "report not sent") {
			t.Errorf("logged\n%s", log)
		}
		left = nil
		for range 50 { // the kernel's list is no snapshot
			left = append(left, helpersOf(r)...)
			time.Sleep(10 * time.Millisecond)
		}
		if left == nil {
			return
		}
	}
	t.Errorf("left are %v", left)
}

// TestReportStartMayHang: where this program cannot be read from its disk, or what sends
// the report is stopped, the exit does not wait for it.
func TestReportStartMayHang(t *testing.T) {
	needsRoot(t)
	t.Parallel()
	file, asked, hang := copyThatMayHang(t)
	defer unix.Close(asked) // which lets all go on
	c := collect(t, (*httptest.Server).Start)
	r := launch(t, spec{under: []string{"/bin/sh", "-c", `shift; exec "$0" "$@"`, file}, args: command([]string{"--report", "post:" + c.URL}, stops()...)})
	r.says("ready")
	hang()
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	if log := r.stderr.String(); !strings.Contains(log, `msg="report not sent"`) || len(c.all()) > 0 {
		t.Errorf("%d reports; logged\n%s", len(c.all()), log)
	}
}

// TestReportSenderIsStopped: it is ended where it does not end by itself.
func TestReportSenderIsStopped(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{notInit: true, args: command([]string{"--report", "post:http://" + badSinks(t)["slow"]}, stops()...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	var helper int
	for until := time.Now().Add(testkit.Patience); helper == 0 && time.Now().Before(until); time.Sleep(time.Millisecond) {
		for _, pid := range helpersOf(r) {
			helper = pid
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		select {
		case <-r.done:
			t.Log("over before the sender was seen")
			return
		default:
		}
	}
	r.wantExit(3)
	testkit.Soon(t, "it has gone", func() bool { return stateOf(helper) == 0 })
}

// roleWaits waits for a command, for nobody else, and says how it ended.
func roleWaits(args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	_ = cmd.Run()
	fmt.Println("over:", cmd.ProcessState.ExitCode())
	time.Sleep(time.Hour)
	return 0
}

// TestReportOfAProgramThatIsKilled: the deadline's is the report that one wants most, and
// leftovers that are killed do not take the sender with them.
func TestReportOfAProgramThatIsKilled(t *testing.T) {
	t.Parallel()
	c := collect(t, (*httptest.Server).Start)
	for name, test := range map[string]struct {
		flags, program []string
		status         int
		says           string
	}{
		"at the deadline": {[]string{"--deadline", "700ms"}, sh("trap '' TERM; echo ready; while :; do sleep 0.05; done"), 137, `"deadline_hit":true`},
		"in the sweep":    {[]string{"--sweep", "300ms"}, sh("(trap '' TERM; while :; do sleep 0.05; done) & trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"), 3, `"leftovers_killed":true`},
		"with no sweep":   {[]string{"--sweep", "0"}, sh("(trap '' TERM; while :; do sleep 0.05; done) & trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"), 3, `"leftovers_killed":true`},
	} {
		for _, notInit := range []bool{false, true} {
			if notInit && test.flags[1] == "0" {
				continue // which leaves them alone
			}
			name := fmt.Sprint(strings.ReplaceAll(name, " ", "-"), notInit)
			log := inTime(t, c.URL, spec{notInit: notInit, args: command(append(test.flags, "--name", name, "--report", "post:"+c.URL), test.program...)}, test.status)
			var has strings.Builder
			for _, one := range c.all() {
				if strings.Contains(one.body, `"job":"`+name+`"`) {
					has.WriteString(one.body)
				}
			}
			if !strings.Contains(has.String(), test.says) {
				t.Errorf("%s: got %q, want %s; logged\n%s", name, has.String(), test.says, log)
			}
		}
	}
}

// TestReportInsteadOfLastWords: with every standard stream closed.
func TestReportInsteadOfLastWords(t *testing.T) {
	t.Parallel()
	c := collect(t, (*httptest.Server).Start)
	file := filepath.Join(t.TempDir(), "ready")
	for range 5 { // there is no log to say that this machine was too slow
		r := launch(t, spec{under: []string{"/bin/sh", "-c", `exec "$0" "$@" <&- >&- 2>&-`}, args: command([]string{"--report", "post:" + c.URL},
			sh("trap 'exit 3' TERM; : >"+file+"; while :; do sleep 0.05; done")...)})
		testkit.Soon(t, "the program is ready", func() bool { return os.Remove(file) == nil })
		r.signal(syscall.SIGTERM)
		r.wantExit(3)
		if len(c.all()) > 0 {
			return
		}
	}
	t.Error("no report")
}

// TestNoReportWithoutADrain: a program that ends by itself is no drain, here as in the log.
func TestNoReportWithoutADrain(t *testing.T) {
	t.Parallel()
	c := collect(t, (*httptest.Server).Start)
	r := launch(t, spec{args: command([]string{"--report", "post:" + c.URL}, sh("exit 4")...)})
	r.wantExit(4)
	if n := len(c.all()); n != 0 || r.stderr.String() != "" {
		t.Errorf("%d reports, want none; logged\n%s", n, r.stderr)
	}
}

// TestReportByTLS: a certificate that nobody has vouched for is not trusted with a
// report, and one is that is in the container's list.
func TestReportByTLS(t *testing.T) {
	t.Parallel()
	c := collect(t, (*httptest.Server).StartTLS)
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw})
	if err := os.WriteFile(trusted, certificate, 0o644); err != nil {
		t.Fatal(err)
	}
	must(os.Chmod(filepath.Dir(trusted), 0o755)) // for a helper of another user
	must(os.Chmod(filepath.Dir(filepath.Dir(trusted)), 0o755))
	for env, want := range map[string]string{"SSL_CERT_FILE=" + trusted: `msg="report sent"`, "SSL_CERT_FILE=/dev/null": "x509: certificate signed by unknown authority"} {
		log := inTime(t, c.URL+"/x", spec{env: []string{env}, args: command([]string{"--report", "post:" + c.URL + "/x"}, stops()...)}, 3)
		if !strings.Contains(log, want) {
			t.Errorf("%s: no %q in\n%s", env, want, log)
		}
	}
	if n := len(c.all()); n == 0 {
		t.Error("no report")
	}
}
