package docs_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/proc"
	"drainit/internal/testkit"
)

// patience bounds whatever is waited for; it is no assertion about time.
const patience = 20 * time.Second

// running is a drainit with this test binary as its program.
type running struct {
	t      *testing.T
	addr   string
	cmd    *exec.Cmd
	stderr bytes.Buffer
}

// start starts one that logs JSON, with the flags, and waits until its program
// is ready and its probes answer.
func start(t *testing.T, flags ...string) *running {
	t.Helper()
	return startRole(t, roleProgram, flags...)
}

// startRole is start with this test binary in a role.
func startRole(t *testing.T, role string, flags ...string) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, addr: testkit.FreeAddr(t)}
	args := append([]string{"--log-format", "json", "--probe-addr", r.addr}, flags...)
	r.cmd = exec.Command(binary, append(args, "--", self, role)...)
	r.cmd.Env, r.cmd.Stderr = environment(), &r.stderr
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.kill)
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the program says %q, %v, want ready", line, err)
	}
	return r
}

// kill ends one that still runs, and its program, which nobody else would.
func (r *running) kill() {
	if r.cmd.ProcessState != nil { // waited for
		return
	}
	all, _ := proc.All()
	r.cmd.Process.Kill()
	for _, p := range proc.Descendants(all, r.cmd.Process.Pid) {
		syscall.Kill(p.PID, syscall.SIGKILL)
	}
	r.cmd.Wait()
}

// inPod returns the flags of a drainit of that name in a pod of this test run.
func inPod(name string) []string {
	return []string{"--pod-id", fmt.Sprint("docs-", os.Getpid()), "--stop-order", "app,proxy", "--name", name}
}

// visited reports whether anybody is connected to the one of that name: its socket is there twice then. A listener's
// flags are 10000 in /proc/net/unix.
func visited(name string) bool {
	table, _ := os.ReadFile("/proc/net/unix")
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) == 8 && f[3] == "00000000" && f[7] == fmt.Sprintf("@drainit/docs-%d/%s", os.Getpid(), name) {
			return true
		}
	}
	return false
}

// get returns the body of a reply, whatever its status.
func (r *running) get(path string) []byte {
	r.t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Get("http://" + r.addr + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return body
}

// asked is a port of this process on which a request is in flight: drainit goes by ports,
// not by whose they are. end ends the connection.
func asked(t *testing.T) (port string, end func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(client, "a request\n")
	bufio.NewReader(server).ReadString('\n')
	end = func() { server.Close(); client.Close() }
	t.Cleanup(end)
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, end
}

// status returns what /drain says.
func (r *running) status() map[string]any {
	r.t.Helper()
	status := map[string]any{}
	if err := json.Unmarshal(r.get("/drain"), &status); err != nil {
		r.t.Fatal(err)
	}
	return status
}

func (r *running) signal(sig syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatal(err)
	}
}

// until waits for a fact.
func (r *running) until(what string, is func() bool) {
	r.t.Helper()
	for limit := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			r.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// untilSent waits until a signal has been passed on to the program.
func (r *running) untilSent(name string) {
	r.t.Helper()
	r.until(name+" sent to the program", func() bool {
		sent, _ := r.status()["signals"].(map[string]any)["forwarded"].(map[string]any)
		return sent[name] != nil
	})
}

// log waits for the end and returns what was logged.
func (r *running) log() []map[string]any {
	r.t.Helper()
	r.cmd.Wait() // its status is the program's
	var lines []map[string]any
	for text := range strings.Lines(r.stderr.String()) {
		line := map[string]any{}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			r.t.Fatalf("logged %q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}
