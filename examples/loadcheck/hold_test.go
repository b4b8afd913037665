package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
	"drainit/test/network"
)

// router passes connections on to the addresses in its table, by turns, and notes when it
// did last.
type router struct {
	addr string
	mu   sync.Mutex
	to   []string
	turn int
	last map[string]time.Time
}

func newRouter(t *testing.T, to ...string) *router {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	r := &router{addr: listener.Addr().String(), to: to, last: map[string]time.Time{}}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go r.pass(conn)
		}
	}()
	return r
}

func (r *router) pass(from net.Conn) {
	defer from.Close()
	r.mu.Lock()
	r.turn++
	addr := r.to[r.turn%len(r.to)]
	r.last[addr] = time.Now()
	r.mu.Unlock()
	to, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer to.Close()
	go func() { io.Copy(to, from) }()
	io.Copy(from, to)
}

// drop takes an address out of the table, after a lag.
func (r *router) drop(addr string, lag time.Duration) {
	time.AfterFunc(lag, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.to = slices.DeleteFunc(r.to, func(to string) bool { return to == addr })
	})
}

func (r *router) lastTo(addr string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last[addr]
}

// programsVariable is the directory of drainit and the example server.
const programsVariable = "LOADCHECK_PROGRAMS"

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	if os.Getenv(programsVariable) != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "loadcheck")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if out, err := exec.Command("go", "build", "-o", dir, "drainit/examples/server", "drainit/cmd/drainit").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v: %s", err, out)
		return 1
	}
	os.Setenv(programsVariable, dir)
	return m.Run()
}

// held is a server under drainit.
type held struct {
	addr, probes string
	cmd          *exec.Cmd
}

// hold starts one, whose answers have its name for a version.
func hold(t *testing.T, name string, delay time.Duration) held {
	t.Helper()
	dir := os.Getenv(programsVariable)
	h := held{addr: testkit.FreeAddr(t), probes: testkit.FreeAddr(t)}
	h.cmd = exec.Command(filepath.Join(dir, "drainit"), "--grace-period", "40s", "--drain-delay", delay.String(), "--probe-addr", h.probes, "--",
		filepath.Join(dir, "server"), "-addr", h.addr, "-version", name)
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log := &testkit.Output{}
	h.cmd.Stdout, h.cmd.Stderr = log, log
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.cmd.Process.Signal(syscall.SIGTERM)
		h.cmd.Process.Signal(syscall.SIGTERM)
		h.cmd.Wait()
	})
	testkit.Soon(t, name+" serves", func() bool {
		response, err := http.Get("http://" + h.probes + "/readyz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return h
}

// stop asks it to stop, and returns when.
func (h held) stop(t *testing.T) time.Time {
	t.Helper()
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return time.Now()
}

// measure runs loadcheck -hold beside what a user does, and ends it then.
func measure(t *testing.T, do func(), args ...string) (document, int) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	var stdout, stderr strings.Builder
	ended := make(chan int, 1)
	go func() {
		ended <- check(ctx, append([]string{"-json", "-hold", "-duration", "1m"}, args...), &stdout, &stderr)
	}()
	time.Sleep(2 * time.Second) // it has asked each of them a few times
	do()
	interrupt()
	status := <-ended
	var d document
	if err := json.Unmarshal([]byte(stdout.String()), &d); err != nil || d.Hold == nil {
		t.Fatalf("error %v, standard output %q, standard error %q", err, stdout.String(), stderr.String())
	}
	return d, status
}

// TestHoldIsMeasured: two stops behind a router of known lags. What is told covers the longer
// one, by the router's own account, and is not a guess far above it.
func TestHoldIsMeasured(t *testing.T) {
	t.Parallel()
	a, b, c := hold(t, "a", 6*time.Second), hold(t, "b", 6*time.Second), hold(t, "c", 0)
	r := newRouter(t, a.addr, b.addr, c.addr)
	var asked [2]time.Time
	d, status := measure(t, func() {
		asked[0] = a.stop(t)
		r.drop(a.addr, 500*time.Millisecond)
		asked[1] = b.stop(t)
		r.drop(b.addr, 2500*time.Millisecond)
		<-exited(a)
		<-exited(b)
	}, "-rate", "60", "-ignore-arrivals", "-drain", "a="+a.probes, "-drain", "b="+b.probes, "http://"+r.addr)
	got := d.Hold
	if status != 0 || got.Delay == nil || got.Rollouts != 1 || len(got.Stops) != 2 {
		t.Fatalf("exit status %d, %+v, want 0 and a delay from one rollout of two stops", status, got)
	}
	longest := max(r.lastTo(a.addr).Sub(asked[0]), r.lastTo(b.addr).Sub(asked[1])).Seconds()
	if *got.Delay < longest || *got.Delay > longest+4 {
		t.Errorf("a delay of %vs, and the router sent the last request %.2fs after the stop request: %+v", *got.Delay, longest, got.Stops)
	}
	for _, s := range got.Stops {
		if s.By != "an answer" || !s.Ended {
			t.Errorf("stop %+v, want an answer to be the last of it", s)
		}
	}
}

// exited is closed once it has.
func exited(h held) <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for h.cmd.Process.Signal(syscall.Signal(0)) == nil {
			if conn, err := net.Dial("tcp", h.probes); err != nil {
				return
			} else {
				conn.Close()
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	return gone
}

// TestHoldThatWasTooShort: the losses tell how long it should have been; with what is told
// nothing is lost.
func TestHoldThatWasTooShort(t *testing.T) {
	t.Parallel()
	const lag = 3 * time.Second
	roll := func(delay time.Duration) (document, int) {
		old, next := hold(t, "old", delay), hold(t, "next", 0)
		r := newRouter(t, old.addr, next.addr)
		return measure(t, func() {
			old.stop(t)
			r.drop(old.addr, lag)
			time.Sleep(max(lag, delay) + 2*time.Second)
		}, "-rate", "60", "-ignore-arrivals", "-drain", "old="+old.probes, "http://"+r.addr)
	}
	d, status := roll(1500 * time.Millisecond)
	short := d.Hold
	if status != 0 || short.Delay == nil || len(short.Stops) != 1 || short.Stops[0].By != "a lost request" || *short.Delay < 2.5 || *short.Delay > 7 {
		t.Fatalf("exit status %d, %+v, want a delay told by lost requests, after %v or so", status, short, lag)
	}
	if enough, _ := roll(time.Duration(*short.Delay * float64(time.Second))); enough.Lost > 0 || d.Lost == 0 {
		t.Errorf("with the delay that was told %d lost (%v), without %d; want none, some", enough.Lost, enough.By, d.Lost)
	}
}

// TestHoldByArrivals: what others send is counted by drainit. In a network namespace of its
// own, where nobody else connects.
func TestHoldByArrivals(t *testing.T) {
	t.Parallel()
	const apart = "LOADCHECK_APART"
	if os.Getenv(apart) == "" {
		cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestHoldByArrivals$", "-test.v")
		cmd.Env = append(os.Environ(), apart+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
		if uid := os.Getuid(); uid != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	if err := network.LoopbackUp(); err != nil {
		t.Fatal(err)
	}
	// The requests of loadcheck go elsewhere, on one connection, so that they are no arrivals.
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer elsewhere.Close()
	h := hold(t, "h", 5*time.Second)
	var asked, last time.Time
	d, status := measure(t, func() {
		asked = h.stop(t)
		for time.Since(asked) < 1500*time.Millisecond {
			if conn, err := net.Dial("tcp", h.addr); err == nil {
				conn.Close()
				last = time.Now()
			}
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(4 * time.Second)
	}, "-rate", "10", "-keep", "1", "-drain", h.probes, elsewhere.URL)
	got := d.Hold
	if status != 0 || got.Delay == nil || len(got.Stops) != 1 || got.Stops[0].By != "/drain" {
		t.Fatalf("exit status %d, %+v, want a delay by what /drain counts", status, got)
	}
	if lag := last.Sub(asked).Seconds(); *got.Delay < lag || *got.Delay > lag+4 {
		t.Errorf("a delay of %vs, and the last connection came after %.2fs", *got.Delay, lag)
	}
}
