package probe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// soon is how long a test waits for what ought to happen at once, on a machine
// that is busy with other tests.
const soon = 10 * time.Second

// served is what a server and its pages say.
type served struct {
	Identity
	Gate   *Gate
	Status func() Status
	most   limits // the zero value: as ever
}

// serve runs a server on a loopback port until the test ends, and its pages, in
// this process.
func serve(t testing.TB, cfg served) (s *Server, addr string) {
	t.Helper()
	if cfg.Gate == nil {
		cfg.Gate = NewGate(GateConfig{})
	}
	if cfg.Status == nil {
		cfg.Status = func() Status { return Status{State: StateRunning} }
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = New(Config{Identity: cfg.Identity, Gate: cfg.Gate, Pass: func(conns []int) (<-chan struct{}, error) { return helpHere(s, cfg, conns) }})
	if cfg.most != (limits{}) {
		s.most = cfg.most
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-ended; err != nil {
			t.Errorf("Serve returned %v after Close, want nil", err)
		}
	})
	return s, l.Addr().String()
}

// helpHere answers connections in this process.
func helpHere(s *Server, cfg served, conns []int) (<-chan struct{}, error) {
	p := NewPages(PagesConfig{
		Identity: cfg.Identity,
		Snapshot: func() (Snapshot, error) { return NewSnapshot(cfg.Status(), s.Sent()), nil },
		Ready:    func(ctx context.Context) (Verdict, error) { return cfg.Gate.Ready(ctx), nil },
		Live:     func(ctx context.Context) (Verdict, error) { return cfg.Gate.Live(ctx), nil },
	})
	var own []net.Conn
	for _, fd := range conns {
		two, err := syscall.Dup(fd)
		if err != nil {
			return nil, err
		}
		own = append(own, Take(two)...)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		p.Serve(own)
		s.Add(p.Sent())
	}()
	return over, nil
}

// answer is a reply with its body.
type answer struct {
	*http.Response
	body string
}

// ask sends one request on a connection of its own.
func ask(method, addr, path string) (answer, error) {
	c, err := net.DialTimeout("tcp", addr, soon)
	if err != nil {
		return answer{}, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(soon))
	if _, err := fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", method, path); err != nil {
		return answer{}, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	if n, err := c.Read(make([]byte, 1)); err != io.EOF {
		return answer{}, fmt.Errorf("after the reply: %d bytes, %v, want the connection closed", n, err)
	}
	return answer{resp, string(body)}, nil
}

// get is ask with GET, for what must not fail.
func get(t *testing.T, addr, path string) answer {
	t.Helper()
	a, err := ask("GET", addr, path)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return a
}

func TestEndpoints(t *testing.T) {
	_, addr := serve(t, served{})
	red := NewGate(GateConfig{Listening: func() (bool, string) { return false, "nothing listens on 8080" }})
	_, redAddr := serve(t, served{Gate: red})
	for _, tt := range []struct {
		addr, path  string
		code        int
		contentType string
		body        string // a part of it, or all after =
	}{
		{addr, "/readyz", 200, plainText, "=ok"},
		{addr, "/readyz?verbose", 200, plainText, "=[+]shutdown ok\nreadyz check passed\n"},
		{addr, "/readyz?verbose=1", 200, plainText, "=[+]shutdown ok\nreadyz check passed\n"},
		{addr, "/readyz?x", 200, plainText, "=ok"},
		{addr, "/livez", 200, plainText, "=ok"},
		{addr, "/livez?verbose", 200, plainText, "=[+]process ok\nlivez check passed\n"},
		{redAddr, "/readyz", 503, plainText, "=[+]shutdown ok\n[-]ports failed: nothing listens on 8080\nreadyz check failed\n"},
		{redAddr, "/readyz?verbose", 503, plainText, "=[+]shutdown ok\n[-]ports failed: nothing listens on 8080\nreadyz check failed\n"},
		{redAddr, "/livez", 200, plainText, "=ok"},
		{addr, "/drain", 200, "application/json", `"state": "running"`},
		{addr, "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "drainit_build_info"},
		{addr, "/", 200, plainText, "/readyz "},
		{addr, "/healthz", 404, plainText, "not found"},
		{addr, "/readyz/", 404, plainText, "not found"},
		{addr, "//readyz", 404, plainText, "not found"},
		{addr, "/debug/pprof/", 404, plainText, "not found"},
	} {
		a := get(t, tt.addr, tt.path)
		if a.StatusCode != tt.code || a.Header.Get("Content-Type") != tt.contentType {
			t.Errorf("%s: %d, %q, want %d, %q", tt.path, a.StatusCode, a.Header.Get("Content-Type"), tt.code, tt.contentType)
		}
		if all, whole := strings.CutPrefix(tt.body, "="); whole && a.body != all || !strings.Contains(a.body, all) {
			t.Errorf("%s: body %q, want %q", tt.path, a.body, tt.body)
		}
		head, err := ask("HEAD", tt.addr, tt.path)
		if err != nil {
			t.Errorf("HEAD %s: %v", tt.path, err)
			continue
		}
		if head.StatusCode != tt.code || head.body != "" || head.ContentLength <= 0 {
			t.Errorf("HEAD %s: %d, length %d, body %q, want %d, a length and no body", tt.path, head.StatusCode, head.ContentLength, head.body, tt.code)
		}
	}
}

func TestOnlyGetAndHead(t *testing.T) {
	_, addr := serve(t, served{})
	for _, path := range []string{"/readyz", "/livez", "/drain", "/metrics", "/"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"} {
			a, err := ask(method, addr, path)
			if err != nil {
				t.Errorf("%s %s: %v", method, path, err)
				continue
			}
			if a.StatusCode != 405 || a.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, Allow %q, want 405, GET, HEAD", method, path, a.StatusCode, a.Header.Get("Allow"))
			}
		}
	}
	if a, err := ask("OPTIONS", addr, "*"); err != nil || a.StatusCode != 404 {
		t.Errorf("OPTIONS *: %v, %v, want 404", a.Response, err)
	}
}

func TestIdentity(t *testing.T) {
	_, addr := serve(t, served{Identity: Identity{Version: "1.2.3", Name: "web", PID: 1, PIDNamespace: 4026531836}})
	_, nameless := serve(t, served{Identity: Identity{Version: "1.2.3", PID: 7, PIDNamespace: 1}})
	for _, path := range []string{"/readyz", "/livez", "/drain", "/metrics", "/", "/nowhere"} {
		a := get(t, addr, path)
		if !a.Close {
			t.Errorf("%s: no Connection: close", path)
		}
		h := a.Header
		for key, want := range map[string]string{
			"Drainit":               "1.2.3",
			"Drainit-Name":          "web",
			"Drainit-Pid":           "1",
			"Drainit-Pid-Namespace": "4026531836",
			"Cache-Control":         "no-store",
		} {
			if got := h.Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", path, key, got, want)
			}
		}
	}
	if h := get(t, nameless, "/livez").Header; len(h["Drainit-Name"]) != 0 || h.Get("Drainit-Pid") != "7" {
		t.Errorf("without a name: %v, want no Drainit-Name and PID 7", h)
	}
}

func TestDrainOverHTTP(t *testing.T) {
	want := midDrain()
	_, addr := serve(t, served{Status: func() Status { return want }})
	var got Status
	if err := json.Unmarshal([]byte(get(t, addr, "/drain").body), &got); err != nil {
		t.Fatal(err)
	}
	sameStatus(t, got, want)
}

func TestUnreadyOverHTTP(t *testing.T) {
	g := NewGate(GateConfig{})
	_, addr := serve(t, served{Gate: g})
	if a := get(t, addr, "/readyz"); a.StatusCode != 200 {
		t.Errorf("before: %d, want 200", a.StatusCode)
	}
	g.SetUnready("stop request (SIGTERM)")
	a := get(t, addr, "/readyz")
	if want := "[-]shutdown failed: stop request (SIGTERM)\nreadyz check failed\n"; a.StatusCode != 503 || a.body != want {
		t.Errorf("after: %d %q, want 503 %q", a.StatusCode, a.body, want)
	}
	if a := get(t, addr, "/livez"); a.StatusCode != 200 {
		t.Errorf("/livez during the drain: %d, want 200", a.StatusCode)
	}
}

func TestHugeHeader(t *testing.T) {
	_, addr := serve(t, served{})
	for _, size := range []int{3 << 10, 16 << 10, 1 << 20} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(soon))
		go fmt.Fprintf(c, "GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", size))
		r := bufio.NewReader(c)
		resp, err := http.ReadResponse(r, nil)
		want := 431
		if size <= headerLimit {
			want = 200
		}
		// Where much is left unread the kernel's reset may overtake the reply.
		if err == nil && resp.StatusCode != want || err != nil && size < 1<<20 {
			t.Errorf("header of %d bytes: %v, %v, want %d", size, resp, err, want)
		}
		if _, err := io.Copy(io.Discard, r); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("header of %d bytes: the connection stays open", size)
		}
		c.Close()
	}
	if a := get(t, addr, "/livez"); a.StatusCode != 200 {
		t.Errorf("/livez afterwards: %d, want 200", a.StatusCode)
	}
}

// TestHelperDoesNotWaitForARest: two clients that send less than they announce would
// keep all helpers from everybody else.
func TestHelperDoesNotWaitForARest(t *testing.T) {
	_, addr := serve(t, served{})
	for name, beginning := range map[string]string{
		"body": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
		"head": "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", headLimit),
	} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		began := time.Now()
		c.SetDeadline(began.Add(soon))
		io.WriteString(c, beginning)
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > readTime-time.Second {
			t.Errorf("%s: waited for for %v, want %v", name, took, restTime)
		}
	}
}

func TestSlowlorisDoesNotStopLivez(t *testing.T) {
	_, addr := serve(t, served{})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 * idleLimit {
		wg.Go(func() { dribble(addr, stop) })
	}
	for range 20 {
		livezWithinASecond(t, addr)
		time.Sleep(20 * time.Millisecond)
	}
	close(stop)
	wg.Wait()
}

// dribble sends a header that never ends, a few bytes at a time, and connects
// again when it is thrown out.
func dribble(addr string, stop chan struct{}) {
	for {
		c, err := net.Dial("tcp", addr)
		for err == nil {
			select {
			case <-stop:
				c.Close()
				return
			case <-time.After(50 * time.Millisecond):
			}
			_, err = c.Write([]byte("GET "))
		}
		if c != nil {
			c.Close()
		}
		select {
		case <-stop:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// wantConns is how many connections TestTenThousandConnections opens, if the
// limit on descriptors allows: each is two of them here.
const wantConns = 10000

func TestTenThousandConnections(t *testing.T) {
	n := raiseNoFile(t)
	_, addr := serve(t, served{})
	conns := make([]net.Conn, 0, n)
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	var last time.Time // before the last of those that may stay were opened
	for i := range n {
		if i == n-idleLimit {
			last = time.Now()
		}
		c, err := net.DialTimeout("tcp", addr, soon)
		if err != nil {
			t.Fatalf("connection %d: %v", len(conns), err)
		}
		conns = append(conns, c)
		if len(conns)%(n/5) == 0 {
			livezWithinASecond(t, addr)
		}
	}
	var open int
	for deadline := time.Now().Add(soon); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if open = established(t, addr); open <= idleLimit {
			break
		}
	}
	if open > idleLimit {
		t.Errorf("with %d connections opened the server has %d, want at most %d", n, open, idleLimit)
	}
	// A probe takes the place of one and leaves; after a while all go.
	if open < idleLimit/2 && time.Since(last) < readTime {
		t.Errorf("the server has %d open, want about %d: is this counting?", open, idleLimit)
	}
	livezWithinASecond(t, addr)
	t.Logf("%d connections opened", n)
}

// livezWithinASecond asks as kubelet does, with its usual limit. Kubelet lets two
// of three be late by default, and the machine may be busier than its: what is
// late because of the server is late always.
func livezWithinASecond(t *testing.T, addr string) {
	t.Helper()
	var took time.Duration
	for limit := time.Now().Add(2 * soon); time.Now().Before(limit); {
		began := time.Now()
		if a := get(t, addr, "/livez"); a.StatusCode != 200 {
			t.Errorf("/livez: %d, want 200", a.StatusCode)
		}
		if took = time.Since(began); took < time.Second {
			return
		}
	}
	t.Errorf("/livez took %s at the last try, want less than a second", took)
}

// raiseNoFile makes room for as many connections as allowed, and returns how
// many.
func raiseNoFile(t *testing.T) int {
	t.Helper()
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		t.Fatal(err)
	}
	before := lim
	want := uint64(wantConns + 1000)
	if lim.Cur < want {
		lim.Cur, lim.Max = want, max(want, lim.Max)
		if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &lim) != nil { // not root: up to the hard limit
			lim.Cur, lim.Max = before.Max, before.Max
			syscall.Setrlimit(syscall.RLIMIT_NOFILE, &lim)
		}
		t.Cleanup(func() { syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before) })
	}
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		t.Fatal(err)
	}
	n := min(wantConns, int(lim.Cur)-500)
	if n < 1000 {
		t.Skipf("RLIMIT_NOFILE allows %d descriptors, too few for 1000 connections", lim.Cur)
	}
	return n
}

// established counts the kernel's connections whose local end is addr and that
// nobody has closed (state 01, proc_net_tcp.rst).
func established(t *testing.T, addr string) int {
	t.Helper()
	var port int
	if _, err := fmt.Sscanf(addr, "127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	local := fmt.Sprintf("0100007F:%04X", port)
	n := 0
	for line := range bytes.Lines(table) {
		f := strings.Fields(string(line))
		if len(f) > 3 && f[1] == local && f[3] == "01" {
			n++
		}
	}
	return n
}

func TestStuckReadyCheck(t *testing.T) {
	stuck, accepted := stuckServer(t)
	_, addr := serve(t, served{Gate: NewGate(GateConfig{Ready: parse(t, "http://"+stuck)})})
	var wg sync.WaitGroup
	start := time.Now()
	for range 200 {
		wg.Go(func() {
			began := time.Now()
			a, err := ask("GET", addr, "/readyz")
			if err != nil {
				t.Errorf("/readyz: %v", err)
				return
			}
			if a.StatusCode != 503 || !strings.Contains(a.body, "[-]ready-check failed: http://"+stuck+": no answer within 800ms") {
				t.Errorf("/readyz: %d %q, want 503 and the check", a.StatusCode, a.body)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("/readyz took %s, want about 800ms", took)
			}
		})
	}
	for range 5 {
		livezWithinASecond(t, addr)
	}
	wg.Wait()
	// More than one only for those who came after the end of the first check.
	if n, most := accepted.Load(), 1+int64(time.Since(start)/checkLimit); n < 1 || n > most {
		t.Errorf("the program saw %d connections, want 1, at most %d", n, most)
	}
}

// Looking for ports is asked to be quick and not trusted to be.
func TestStuckPorts(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	_, addr := serve(t, served{Gate: NewGate(GateConfig{Listening: func() (bool, string) { <-hang; return true, "" }})})
	began := time.Now()
	a := get(t, addr, "/readyz")
	if took := time.Since(began); took < answerLimit {
		t.Errorf("answered after %s, want %s", took, answerLimit)
	}
	if a.StatusCode != 503 || !strings.Contains(a.body, "[-]ports failed: no answer in time\n") {
		t.Errorf("got %d %q, want 503 and the check", a.StatusCode, a.body)
	}
}

func TestStuckLiveCheck(t *testing.T) {
	stuck, _ := stuckServer(t)
	g := NewGate(GateConfig{Live: parse(t, "http://"+stuck)})
	_, addr := serve(t, served{Gate: g})
	began := time.Now()
	a := get(t, addr, "/livez")
	if a.StatusCode != 503 || !strings.Contains(a.body, "[-]live-check failed") {
		t.Errorf("/livez: %d %q, want 503 and the check", a.StatusCode, a.body)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("/livez took %s, want about 800ms", took)
	}
	if a := get(t, addr, "/readyz"); a.StatusCode != 200 {
		t.Errorf("/readyz: %d, want 200", a.StatusCode)
	}
	g.StopRequested()
	livezWithinASecond(t, addr)
}

// A panic of the command's functions must end one reply, and nothing else.
func TestPanicsAreContained(t *testing.T) {
	_, addr := serve(t, served{Status: func() Status { panic("status") }})
	if a := get(t, addr, "/metrics"); a.StatusCode != 500 || !strings.Contains(a.body, "panic: status") {
		t.Errorf("/metrics: %d %q, want 500 and the panic", a.StatusCode, a.body)
	}
	if a, err := ask("GET", addr, "/drain"); err == nil && a.StatusCode != 500 {
		t.Errorf("/drain: %d, want an error", a.StatusCode)
	}
	livezWithinASecond(t, addr)
}

func TestServeReturnsTheListenersError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := New(Config{Gate: NewGate(GateConfig{})})
	if err := s.Serve(l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve of a closed listener: %v, want %v", err, net.ErrClosed)
	}
}

func TestGarbageIsNotLogged(t *testing.T) {
	p := NewPages(PagesConfig{Snapshot: func() (Snapshot, error) { return Snapshot{}, nil }})
	if p.http.ErrorLog == nil || p.http.ErrorLog.Writer() != io.Discard {
		t.Error("net/http would log to stderr")
	}
	_, addr := serve(t, served{})
	for _, garbage := range []string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "SSH-2.0-x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /livez HTTP/1.1\r\n\r\n"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(soon))
		io.WriteString(c, garbage)
		c.(*net.TCPConn).CloseWrite()
		got, _ := io.ReadAll(c)
		if bytes.HasPrefix(got, []byte("HTTP/1.1 2")) {
			t.Errorf("%q was answered with %q, want no success", garbage, got)
		}
		c.Close()
	}
	livezWithinASecond(t, addr)
}

// TestWhoMakesRoomIsGoneOnce: a connection is closed for a newcomer, and its reset is
// among the events that come with that one.
func TestWhoMakesRoomIsGoneOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := New(Config{Gate: NewGate(GateConfig{})})
	s.most = limits{open: 2, idle: 2, wait: 2}
	if err := s.open(l); err != nil {
		t.Fatal(err)
	}
	defer s.close()
	connect := func() *net.TCPConn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c.(*net.TCPConn)
	}
	connect()
	second := connect()
	for s.table.count[asking] < 2 {
		if err := s.step(s.now() + soon); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(leastPatience)
	connect()
	second.SetLinger(0)
	second.Close()
	s.expire() // and the listener is watched again
	if err := s.step(s.now()); err != nil {
		t.Fatal(err)
	}
	if free, all := len(s.table.free)+s.table.count[asking], len(s.table.slots); free != all {
		t.Errorf("%d places, free or taken, of %d", free, all)
	}
}

// TestWhatFollowsARequest: an answer is not lost because more than its request came.
func TestWhatFollowsARequest(t *testing.T) {
	green := NewGate(GateConfig{Listening: func() (bool, string) { time.Sleep(20 * time.Millisecond); return true, "" }})
	_, addr := serve(t, served{Gate: green})
	const request = "GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, path := range []string{"/livez", "/", "/readyz"} {
		one := fmt.Sprintf(request, path)
		for name, following := range map[string]string{"an empty line": "\r\n", "requests": one + one} {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			c.SetDeadline(time.Now().Add(soon))
			io.WriteString(c, one+following)
			got, err := io.ReadAll(c)
			if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 200 OK\r\n")) {
				t.Errorf("%s and %s: %q, %v", path, name, got, err)
			}
			c.Close()
		}
	}
}

func TestNothingStaysAfterClose(t *testing.T) {
	program := httptest.NewServer(http.NotFoundHandler())
	stuck, _ := stuckServer(t)
	check := parse(t, program.URL)
	before := runtime.NumGoroutine()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := served{Gate: NewGate(GateConfig{Ready: check, Live: parse(t, "http://"+stuck)}), Status: func() Status { return Status{} }}
	var s *Server
	s = New(Config{Gate: cfg.Gate, Pass: func(conns []int) (<-chan struct{}, error) { return helpHere(s, cfg, conns) }})
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	addr := l.Addr().String()
	for _, path := range []string{"/readyz", "/livez", "/metrics", "/drain"} {
		get(t, addr, path)
	}
	for range 20 { // in all stages of a request
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET /livez HTTP/1.1\r\n")
		if c, err = net.Dial("tcp", addr); err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	s.Close()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v, want nil", err)
	}
	program.Close()
	var now int
	for deadline := time.Now().Add(soon); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if now = runtime.NumGoroutine(); now <= before {
			return
		}
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines after Close, want the %d from before:\n%s", now, before, stacks[:runtime.Stack(stacks, true)])
}
