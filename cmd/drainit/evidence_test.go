package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"drainit/internal/testkit"

	"golang.org/x/sys/unix"
)

// roleServe answers on args[0] after what the path says (/500ms), keeps
// connections alive, and is gone at once on SIGTERM, as many servers are.
func roleServe(args []string) int {
	l, err := net.Listen("tcp", args[0])
	must(err)
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, err := time.ParseDuration(strings.TrimPrefix(r.URL.Path, "/"))
		must(err)
		time.Sleep(d)
		io.WriteString(w, "answer")
	}))
	return roleWait([]string{"0"})
}

// roleDrain is roleServe, but for its end: it answers what is in flight.
func roleDrain(args []string) int {
	l, err := net.Listen("tcp", args[0])
	must(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, err := time.ParseDuration(strings.TrimPrefix(r.URL.Path, "/"))
		must(err)
		time.Sleep(d)
		io.WriteString(w, "answer")
	})}
	go server.Serve(l)
	roleWait([]string{"0"})
	must(server.Shutdown(context.Background()))
	return 0
}

// roleLate listens on args[0] and accepts nobody before SIGUSR1. Then it
// answers each once, and goes on like roleServe.
func roleLate(args []string) int {
	l, err := net.Listen("tcp", args[0])
	must(err)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	go func() {
		<-c
		for {
			conn, err := l.Accept()
			must(err)
			io.WriteString(conn, "accepted\n")
			conn.Close()
		}
	}()
	return roleWait([]string{"0"})
}

// roleTraffic connects to itself 50 times a second until SIGUSR1.
func roleTraffic([]string) int {
	l, err := net.Listen("tcp", "127.0.0.1:8080")
	must(err)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	go func() {
		for len(c) == 0 {
			conn, err := net.Dial("tcp", "127.0.0.1:8080")
			must(err)
			conn.Close()
			time.Sleep(20 * time.Millisecond)
		}
		fmt.Println("silent")
	}()
	go func() {
		for {
			conn, err := l.Accept()
			must(err)
			conn.Close()
		}
	}()
	return roleWait([]string{"0"})
}

// refuseNetlink makes socket(AF_NETLINK) fail with EPERM on this thread and in
// what it executes, as a strict seccomp profile does.
func refuseNetlink() {
	argument := uint32(16) // low half of args[0] in struct seccomp_data
	if one := uint16(1); *(*byte)(unsafe.Pointer(&one)) == 0 {
		argument += 4
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: unix.SYS_SOCKET},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: argument},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.AF_NETLINK},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	must(unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	_, _, errno := unix.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		must(errno)
	}
}

// clients sends requests and counts how they end.
type clients struct {
	t    *testing.T
	addr string
	http http.Client
	wg   sync.WaitGroup
	sent sync.WaitGroup // done when all requests have been written
	mu   sync.Mutex
	cut  []string
}

func newClients(t *testing.T, addr string) *clients {
	return &clients{t: t, addr: addr, http: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}}
}

// ask sends a request that takes d, and goes on.
func (c *clients) ask(d time.Duration) {
	c.sent.Add(1)
	sent := sync.OnceFunc(c.sent.Done)
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { sent() },
	})
	c.wg.Go(func() {
		defer sent()
		ask, err := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("http://%s/%v", c.addr, d), nil)
		must(err)
		reply, err := c.http.Do(ask)
		if err == nil {
			_, err = io.ReadAll(reply.Body)
			reply.Body.Close()
		}
		if err != nil {
			c.mu.Lock()
			c.cut = append(c.cut, fmt.Sprintf("%v: %v", d, err))
			c.mu.Unlock()
		}
	})
}

// serving starts a role that listens, and waits until it does.
func serving(t *testing.T, name, prepare string, flags ...string) (*running, string) {
	t.Helper()
	addr := testkit.FreeAddr(t)
	r := launch(t, spec{args: command(flags, role(name, addr)...), prepare: prepare})
	r.says("ready")
	return r, addr
}

// logged returns the value of a key in the last line that has it.
func (r *running) logged(key string) string {
	all := regexp.MustCompile(` `+key+`=("[^"]*"|\S+)`).FindAllStringSubmatch(r.stderr.String(), -1)
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Trim(all[len(all)-1][1], `"`)
}

func (r *running) wantLogged(key, want string) {
	r.t.Helper()
	if got := r.logged(key); got != want {
		r.t.Errorf("logged %s=%q, want %q; stderr:\n%s", key, got, want, r.stderr)
	}
}

// untilCounted plays a stop until the number of requests cut is known: on a busy
// machine the kernel may tell of connections later than drainit waits for that,
// which then says "at most" instead.
func untilCounted(t *testing.T, play func() *running) *running {
	t.Helper()
	for range 5 {
		r := play()
		if r.logged("requests_cut") != "nothing" {
			return r
		}
		t.Logf("at most %s requests cut: not counted in time", r.logged("requests_cut_at_most"))
	}
	t.Fatal("the requests cut are never counted")
	panic("unreachable")
}

// TestIdleCutsNothing: a server that is gone at once on SIGTERM loses nobody,
// neither those who have waited since before the stop nor those who come later.
func TestIdleCutsNothing(t *testing.T) {
	t.Parallel()
	for _, ports := range []string{"found", "given"} {
		t.Run(ports, func(t *testing.T) {
			t.Parallel()
			addr := testkit.FreeAddr(t)
			flags := []string{"--drain-until", "idle", "--drain-delay", "1s", "--deadline", "25s"}
			if ports == "given" {
				_, port, _ := net.SplitHostPort(addr)
				flags = append(flags, "--ports", port)
			}
			r := untilCounted(t, func() *running {
				r := launch(t, spec{args: command(flags, role("serve", addr)...)})
				r.says("ready")
				c := newClients(t, addr)
				c.ask(6 * time.Second)
				c.ask(500 * time.Millisecond)
				c.sent.Wait()
				r.signal(syscall.SIGTERM)
				for range 4 {
					c.ask(500 * time.Millisecond)
					time.Sleep(100 * time.Millisecond)
				}
				c.wg.Wait()
				r.wantExit(0)
				if len(c.cut) > 0 {
					t.Errorf("cut: %q; stderr:\n%s", c.cut, r.stderr)
				}
				return r
			})
			r.wantLogged("hold_ended", "nothing in flight")
			r.wantLogged("requests_cut", "0")
			if got := r.logged("connections"); !strings.Contains(got, "in flight had finished") {
				t.Errorf("logged connections=%q, want requests that had finished", got)
			}
		})
	}
}

// TestDelayCuts is the same without evidence: the test above can fail, and
// who was cut is told.
func TestDelayCuts(t *testing.T) {
	t.Parallel()
	r := untilCounted(t, func() *running {
		r, addr := serving(t, "serve", "", "--drain-delay", "1s", "--deadline", "25s")
		c := newClients(t, addr)
		c.ask(6 * time.Second)
		c.sent.Wait()
		r.signal(syscall.SIGTERM)
		c.wg.Wait()
		r.wantExit(0)
		if len(c.cut) != 1 {
			t.Errorf("%d requests cut, want the one: %q", len(c.cut), c.cut)
		}
		return r
	})
	r.wantLogged("requests_cut", "1")
	r.logs(`level=WARN msg="drain report"`)
}

// TestGracefulProgramCutsNothing: what is in flight at the last look, and then
// answered, is not cut.
func TestGracefulProgramCutsNothing(t *testing.T) {
	t.Parallel()
	r := untilCounted(t, func() *running {
		r, addr := serving(t, "drain", "", "--drain-delay", "1s", "--deadline", "25s")
		c := newClients(t, addr)
		for i := range 8 {
			c.ask(3*time.Second + time.Duration(i)*100*time.Millisecond)
		}
		c.sent.Wait()
		r.signal(syscall.SIGTERM)
		c.wg.Wait()
		r.wantExit(0)
		if len(c.cut) > 0 {
			t.Errorf("cut: %q", c.cut)
		}
		return r
	})
	r.wantLogged("requests_cut", "0")
	r.logs(`level=INFO msg="drain report"`)
}

// TestIdleConnectionsDoNotHold: kept connections on which nothing is asked.
func TestIdleConnectionsDoNotHold(t *testing.T) {
	t.Parallel()
	r, addr := serving(t, "serve", "", "--drain-until", "idle", "--drain-delay", "0", "--deadline", "1h")
	c := newClients(t, addr)
	for range 20 {
		c.ask(300 * time.Millisecond) // far more than a tick of the kernel
	}
	c.wg.Wait()
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	r.wantLogged("hold_ended", "nothing in flight")
	if got := r.logged("connections"); !strings.HasSuffix(got, "20 idle connections remained") {
		t.Errorf("logged connections=%q, want 20 idle ones", got)
	}
}

// TestClosedWaitsForIdleConnections until their clients let go.
func TestClosedWaitsForIdleConnections(t *testing.T) {
	t.Parallel()
	r, addr := serving(t, "serve", "", "--drain-until", "closed", "--drain-delay", "0", "--deadline", "1h")
	c := newClients(t, addr)
	c.ask(0)
	c.wg.Wait()
	r.signal(syscall.SIGTERM)
	r.logs("stop requested")
	time.Sleep(500 * time.Millisecond)
	if strings.Contains(r.stderr.String(), "stop signal sent") {
		t.Errorf("stop signal sent while a connection is open: %s", r.stderr)
	}
	c.http.CloseIdleConnections()
	r.wantExit(0)
	r.wantLogged("hold_ended", "no connections")
}

// TestListenQueueIsDrained: connections the program has not accepted are reset
// when it stops; so it is not told to before it has.
func TestListenQueueIsDrained(t *testing.T) {
	t.Parallel()
	r, addr := serving(t, "late", "", "--drain-until", "idle", "--drain-delay", "0", "--deadline", "1h")
	var waiting []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "hello\n")
		waiting = append(waiting, conn)
	}
	r.signal(syscall.SIGTERM)
	r.logs("3 connections not accepted") // said by the line about what is waited for
	r.signal(syscall.SIGUSR1)
	for i, conn := range waiting {
		if line, err := bufio.NewReader(conn).ReadString('\n'); line != "accepted\n" {
			t.Errorf("connection %d: got %q, %v", i, line, err)
		}
		conn.Close()
	}
	r.wantExit(0)
	r.wantLogged("hold_ended", "nothing in flight")
	r.wantLogged("connections", "3 requests in flight had finished, no connections remained")
}

// TestWithoutNetlink: what is left tells no more than queues, which is said
// once, and the wait for what is undecided ends with the reserve.
func TestWithoutNetlink(t *testing.T) {
	t.Parallel()
	r, addr := serving(t, "serve", "refuse-netlink", "--drain-until", "idle", "--drain-delay", "0", "--deadline", "12s")
	c := newClients(t, addr)
	c.ask(300 * time.Millisecond)
	c.wg.Wait()
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	r.wantLogged("hold_ended", "reserve begins")
	r.wantLogged("connections", "1 connection undecided remained")
	if got := r.logged("requests_cut_at_most"); got == "nothing" || got == "0" { // and other tests' connections
		t.Errorf("logged requests_cut_at_most=%q, want 1 at least", got)
	}
	r.logs("NETLINK_SOCK_DIAG")
	late := strings.Count(r.stderr.String(), "SIGKILL is next") // its last request ends with the reserve
	if got := strings.Count(r.stderr.String(), "level=WARN") - late; got != 1 {
		t.Errorf("%d warnings, want one:\n%s", got, r.stderr)
	}
}

// TestNothingListens: a program without ports waits for nobody.
func TestNothingListens(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--drain-until", "closed", "--drain-delay", "0", "--deadline", "1h"}, role("wait", "0")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	r.wantLogged("hold_ended", "no connections")
}

// TestRangeEndsInSilence: connections arrive for a while after the stop
// request, then none does.
func TestRangeEndsInSilence(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{newNet: true, prepare: "loopback",
		args: command([]string{"--drain-delay", "0..1h", "--deadline", "2h"}, role("traffic")...)})
	r.says("ready")
	time.Sleep(time.Second)
	r.signal(syscall.SIGTERM)
	r.logs("stop requested")
	time.Sleep(time.Second)
	if strings.Contains(r.stderr.String(), "stop signal sent") {
		t.Errorf("stop signal sent while connections arrive: %s", r.stderr)
	}
	r.signal(syscall.SIGUSR1)
	r.says("silent")
	begin := time.Now()
	r.wantExit(0)
	if took := time.Since(begin); took < 1500*time.Millisecond { // 2 s from the last arrival, which was a moment ago
		t.Errorf("silence was believed after %v, want 2s at least", took)
	}
	if got := r.logged("hold_ended"); !strings.HasPrefix(got, "silent for ") {
		t.Errorf("logged hold_ended=%q, want silence", got)
	}
}
