package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/probe"
	"drainit/internal/testkit"
)

// hostileRuns is how many stops there are among neighbours of each number.
// HOSTILE_RUNS is set by `make hostile`; so few as by default tell no p99.
func hostileRuns() int {
	if n, err := strconv.Atoi(os.Getenv("HOSTILE_RUNS")); err == nil {
		return n
	}
	return 3
}

// hostileNetwork runs a role in a network namespace of its own until the test ends,
// and returns that namespace.
func hostileNetwork(t *testing.T, name string, args ...string) *os.File {
	t.Helper()
	argv := role(name, args...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Cloneflags: syscall.CLONE_NEWNET}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("got %q, %v from the neighbour, want ready", line, err)
	}
	netns, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { netns.Close() })
	return netns
}

// stopSeen is what was seen of a stop, from SIGTERM on.
type stopSeen struct {
	t0, red, told, exit time.Duration
}

// stopAmong stops a drainit whose network namespace is full of others that look
// like one: its hold is a default one, so that it asks who listens.
func stopAmong(t *testing.T, netns *os.File) (s stopSeen) {
	r := launch(t, spec{
		files: []*os.File{netns}, prepare: "netns=3", env: []string{"DRAINIT_PROBE_ADDR=127.0.0.1:10143"},
		args: command([]string{"--grace-period", "4s"}, takes(0, 0)...),
	})
	r.says("ready")
	get := func(path string) (code int, body []byte) {
		var c net.Conn
		var err error
		inNetwork(netns, func() { c, err = net.Dial("tcp", "127.0.0.1:10143") })
		if err != nil {
			return 0, nil
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(testkit.Patience))
		fmt.Fprintf(c, "GET %s HTTP/1.0\r\n\r\n", path)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return 0, nil
		}
		body, _ = io.ReadAll(answer.Body)
		return answer.StatusCode, body
	}
	testkit.Soon(t, "probes are served", func() bool { code, _ := get("/livez"); return code == 200 })
	sent := time.Now()
	r.signal(syscall.SIGTERM)
	var why []byte
	for !strings.Contains(string(why), "stop requested") {
		_, why = get("/readyz")
		if time.Since(sent) > testkit.Patience {
			t.Fatalf("readiness is not red %v after SIGTERM", testkit.Patience)
		}
	}
	s.red = time.Since(sent)
	_, body := get("/drain")
	var st probe.Status
	if err := json.Unmarshal(body, &st); err != nil || st.StopRequest == nil {
		t.Fatalf("/drain: %v, %s\n%s", err, body, r.stderr)
	}
	s.t0 = st.StopRequest.At.Sub(sent)
	r.wantExit(0)
	s.exit = time.Since(sent)
	told, _ := r.stamps()
	s.told = time.Duration(told - sent.UnixNano())
	return s
}

// TestNeighboursDelayNoStop: T0 is when the signal was received, and the signal
// comes when the hold is over, however many neighbours there are to ask.
func TestNeighboursDelayNoStop(t *testing.T) {
	needsRoot(t)
	setApart(t)
	for _, n := range []int{10, 100, 1000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			netns := hostileNetwork(t, "squat", strconv.Itoa(n))
			var all []stopSeen
			for range hostileRuns() {
				all = append(all, stopAmong(t, netns))
			}
			t0, red := ranked(all, func(s stopSeen) time.Duration { return s.t0 }), ranked(all, func(s stopSeen) time.Duration { return s.red })
			told := ranked(all, func(s stopSeen) time.Duration { return s.told })
			t.Logf("%d stops among %d: T0 p50 %v, p99 %v; red p50 %v, p99 %v; stop signal p50 %v, last %v",
				len(all), n, t0.at(50), t0.at(99), red.at(50), red.at(99), told.at(50), told.at(100))
			// A few stops beside other tests: one of them may be late, and not by as much as one neighbour is waited for.
			late, limit := 50, 200*time.Millisecond
			if hostileRuns() >= 50 {
				late, limit = 99, 50*time.Millisecond
			}
			if t0.at(late) > limit || red.at(late) > limit {
				t.Errorf("T0 %v and red %v after SIGTERM (p%d), want %v at most", t0.at(late), red.at(late), late, limit)
			}
			// The hold is a quarter of the grace period, which is 4s.
			if told.at(0) < time.Second || told.at(late) > 2*time.Second {
				t.Errorf("stop signal from %v to %v (p%d) after SIGTERM, want 1s", told.at(0), told.at(late), late)
			}
			if exit := ranked(all, func(s stopSeen) time.Duration { return s.exit }); exit.at(100) > 4*time.Second {
				t.Errorf("left %v after SIGTERM, want within the grace period", exit.at(100))
			}
		})
	}
}

// durations are in order.
type durations []time.Duration

func ranked[T any](all []T, of func(T) time.Duration) durations {
	var d durations
	for _, one := range all {
		d = append(d, of(one))
	}
	slices.SortFunc(d, cmp.Compare)
	return d
}

// at returns a percentile: 0 is the least, 100 the most.
func (d durations) at(percent int) time.Duration {
	return d[min(len(d)*percent/100, len(d)-1)]
}

func needsRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("namespaces of a neighbour: not root")
	}
}

// TestNonsenseEndsNoWait: whatever another user says on the app's name, the proxy
// waits for it as for one that says nothing, does not exit with it, and leaves in
// its time.
func TestNonsenseEndsNoWait(t *testing.T) {
	t.Parallel()
	needsRoot(t)
	for how := range nonsense {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			p := newPod(t, "app,proxy")
			argv := role("nonsense", "@drainit/"+p.id+"/app", how)
			squatter := exec.Command(argv[0], argv[1:]...)
			squatter.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			if err := squatter.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				squatter.Process.Kill()
				squatter.Wait()
			})
			testkit.Soon(t, "the name is held", func() bool { return p.listening("app") })
			// The proxy may wait until a reserve of 2s before its deadline of 6.4s.
			proxy := p.launch("proxy", []string{"--grace-period", "8s", "--drain-delay", "0", "--exit-with", "app"}, takes(0, 0)...)
			time.Sleep(1500 * time.Millisecond) // it looks once a second
			sent := time.Now()
			if told, _ := proxy.stamps(); told != 0 {
				t.Fatalf("exits with a squatter:\n%s", proxy.stderr)
			}
			proxy.signal(syscall.SIGTERM)
			proxy.wantExit(0)
			told, _ := proxy.stamps()
			if after := time.Duration(told - sent.UnixNano()); after < 4400*time.Millisecond || after > 6400*time.Millisecond {
				t.Errorf("told to stop %v after the request, want the 4.4s for which a peer is waited for:\n%s", after, proxy.stderr)
			}
		})
	}
}
