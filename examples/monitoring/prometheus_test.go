package monitoring_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// get asks, with a connection of its own.
func get(address string) (body string, ok bool) {
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Get(address)
	if err != nil {
		return "", false
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	return string(text), err == nil && reply.StatusCode == http.StatusOK
}

// A prometheus is one that runs.
type prometheus struct {
	t    *testing.T
	addr string
}

// startPrometheus runs one with scrape_configs; the rules of the example are
// evaluated every second.
func startPrometheus(b box, jobs string) prometheus {
	b.t.Helper()
	b.copy("", "alerts.yaml")
	b.write("prometheus.yaml", "global: {evaluation_interval: 1s}\nrule_files: [alerts.yaml]\nscrape_configs:\n"+jobs)
	p := prometheus{b.t, "127.0.0.1:" + testkit.FreePort(b.t)}
	log := new(bytes.Buffer)
	cmd := b.command("prometheus", "--config.file=prometheus.yaml", "--storage.tsdb.path=data", "--web.listen-address="+p.addr)
	cmd.Stderr = log
	b.t.Cleanup(func() {
		if b.t.Failed() {
			b.t.Logf("prometheus:\n%s", log)
		}
	})
	b.start(cmd)
	soon(b.t, "prometheus is ready", func() bool { _, ok := get("http://" + p.addr + "/-/ready"); return ok })
	return p
}

// job is one of its jobs. The target's instance label is its name.
func job(name, interval string, targets map[string]string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "  - job_name: %s\n    scrape_interval: %s\n    scrape_timeout: 1s\n    static_configs:\n", name, interval)
	for instance, port := range targets {
		fmt.Fprintf(&text, "      - {targets: [\"127.0.0.1:%s\"], labels: {instance: %s}}\n", port, instance)
	}
	return text.String()
}

// A series is one of an answer.
type series struct {
	Metric map[string]string
	Value  [2]any   // of an instant
	Values [][2]any // of a range
}

// number is the value of an instant.
func (s series) number() float64 {
	text, _ := s.Value[1].(string)
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// ask asks the HTTP API, for data.
func (p prometheus) ask(path string, parameters url.Values, data any) {
	p.t.Helper()
	body, ok := get("http://" + p.addr + "/api/v1/" + path + "?" + parameters.Encode())
	answer := struct{ Data any }{data}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || !ok {
		p.t.Fatalf("%s %v: %v, %.500s", path, parameters, err, body)
	}
}

// query evaluates an expression now.
func (p prometheus) query(expr string) []series {
	p.t.Helper()
	var data struct{ Result []series }
	p.ask("query", url.Values{"query": {expr}}, &data)
	return data.Result
}

// overTime evaluates an expression for every second since an instant.
func (p prometheus) overTime(expr string, since time.Time) []series {
	p.t.Helper()
	var data struct{ Result []series }
	p.ask("query_range", url.Values{"query": {expr}, "step": {"1"},
		"start": {strconv.FormatInt(since.Unix(), 10)}, "end": {strconv.FormatInt(time.Now().Unix(), 10)}}, &data)
	return data.Result
}

// value is that of an expression with one result, -1 where it has none.
func (p prometheus) value(expr string) float64 {
	p.t.Helper()
	switch result := p.query(expr); len(result) {
	case 0:
		return -1
	case 1:
		return result[0].number()
	default:
		p.t.Fatalf("%s has %d results, want one", expr, len(result))
		return 0
	}
}

// startMtail counts the reports in the box's logs, and returns its port.
func startMtail(b box) (port string) {
	b.t.Helper()
	b.copy("programs", "reports.mtail")
	port = testkit.FreePort(b.t)
	b.start(b.command("mtail", "-progs", "programs", "-logs", "logs/*", "-address", "127.0.0.1", "-port", port))
	soon(b.t, "mtail listens", func() bool { _, ok := get("http://127.0.0.1:" + port + "/metrics"); return ok })
	return port
}

// A drained is a drainit that will be stopped.
type drained struct {
	t     *testing.T
	cmd   *exec.Cmd
	probe string // port
	done  chan struct{}
	log   string // path
}

// startDrainit runs one with flags and a command, and waits until it is ready. It is
// in a cgroup, unless that is "".
func startDrainit(b box, name, cgroup string, args ...string) *drained {
	b.t.Helper()
	d := &drained{t: b.t, probe: testkit.FreePort(b.t), done: make(chan struct{}), log: b.file("logs/" + name)}
	b.write("logs/"+name, "")
	log, err := os.OpenFile(d.log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	defer log.Close()
	argv := append([]string{"-c", `[ -z "$0" ] || echo 0 >"$0/cgroup.procs"; exec "$@"`, cgroup,
		filepath.Join(bin, "drainit"), "--probe-addr", "127.0.0.1:" + d.probe}, args...)
	d.cmd = exec.Command("sh", argv...)
	d.cmd.Env = append(os.Environ(), "DRAINIT_QUUX=1") // no setting: a warning
	d.cmd.Stderr = log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := d.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	go func() {
		_ = d.cmd.Wait()
		close(d.done)
	}()
	b.t.Cleanup(func() {
		_ = d.cmd.Process.Signal(syscall.SIGTERM) // twice: now
		_ = d.cmd.Process.Signal(syscall.SIGINT)
		select {
		case <-d.done:
		case <-time.After(patience):
			_ = d.cmd.Process.Kill()
		}
		if b.t.Failed() {
			b.t.Logf("%s:\n%s", name, read(b.t, d.log))
		}
	})
	soon(b.t, name+" is ready", func() bool { _, ok := get("http://127.0.0.1:" + d.probe + "/readyz"); return ok })
	return d
}

func (d *drained) stop() {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
}

// server is the command line of the example server.
func server(mode, port string) []string {
	return []string{filepath.Join(bin, "server"), "-mode", mode, "-addr", "127.0.0.1:" + port}
}
