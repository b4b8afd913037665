package probe

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// prober asks as a platform's probe does, with a new connection for each request, and
// makes no garbage: what is counted is the server's.
type prober struct {
	tb      testing.TB
	to      *unix.SockaddrInet4
	request []byte
	want    []byte
	reply   [4096]byte
}

func newProber(tb testing.TB, addr, path string, code string) *prober {
	to, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		tb.Fatal(err)
	}
	return &prober{tb: tb,
		to: &unix.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())},
		request: []byte("GET " + path + " HTTP/1.1\r\nHost: 10.0.0.1:10143\r\nUser-Agent: kube-probe/1.36\r\n" +
			"Accept: */*\r\nConnection: close\r\n\r\n"),
		want: []byte("HTTP/1.1 " + code + " "),
	}
}

func (p *prober) ask() {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		p.tb.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, p.to); err != nil {
		p.tb.Fatal(err)
	}
	if _, err := unix.Write(fd, p.request); err != nil {
		p.tb.Fatal(err)
	}
	n := 0
	for {
		more, err := unix.Read(fd, p.reply[n:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			p.tb.Fatal(err)
		}
		if more == 0 {
			break
		}
		n += more
	}
	if !bytes.HasPrefix(p.reply[:n], p.want) {
		p.tb.Fatalf("%q, want %q", p.reply[:n], p.want)
	}
}

// probed is what a server says in the steady state.
type probed struct {
	name, path, code string
	gate             GateConfig
}

func allProbed(tb testing.TB) []probed {
	yes := func() (bool, string) { return true, "listening on 8080" }
	no := func() (bool, string) { return false, "the child listens on no TCP port" }
	check := func(url string) *Check {
		c, err := ParseCheck(url)
		if err != nil {
			tb.Fatal(err)
		}
		return c
	}
	http := func(reply string) *Check { return check("http://" + tcpServer(tb, reply)) }
	good := http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	chunked := http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
	bad := http("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno")
	closed := http("HTTP/1.0 200 OK\r\nServer: x\r\n\r\nok")
	tcp := check("tcp://" + tcpServer(tb, ""))
	return []probed{
		{"index", "/", "200", GateConfig{}},
		{"livez", "/livez", "200", GateConfig{}},
		{"readyz, nothing to ask", "/readyz", "200", GateConfig{}},
		{"readyz, listening", "/readyz", "200", GateConfig{Listening: yes}},
		{"readyz, not listening", "/readyz", "503", GateConfig{Listening: no}},
		{"readyz, front", "/readyz", "200", GateConfig{Listening: yes, Front: yes}},
		{"readyz, http", "/readyz", "200", GateConfig{Listening: yes, Ready: good}},
		{"readyz, http chunked", "/readyz", "200", GateConfig{Ready: chunked}},
		{"readyz, http red", "/readyz", "503", GateConfig{Ready: bad}},
		{"readyz, tcp", "/readyz", "200", GateConfig{Ready: tcp}},
		{"readyz, tcp red", "/readyz", "503", GateConfig{Ready: check("tcp://127.0.0.1:1")}},
		{"livez, http", "/livez", "200", GateConfig{Live: closed}},
		{"livez, http red", "/livez", "503", GateConfig{Live: bad}},
	}
}

// tcpServer answers every connection with the same, and makes no garbage. It is given
// up with the test.
func tcpServer(tb testing.TB, answer string) (addr string) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		tb.Fatal(err)
	}
	if err := unix.Listen(fd, 128); err != nil {
		tb.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { unix.Shutdown(fd, unix.SHUT_RDWR) }) // which ends accept
	text := []byte(answer)
	go func() {
		defer unix.Close(fd)
		buf := make([]byte, 4096)
		for {
			conn, _, errno := unix.Syscall(unix.SYS_ACCEPT4, uintptr(fd), 0, 0)
			if errno == unix.EINTR {
				continue
			}
			if errno != 0 {
				return
			}
			if len(text) > 0 {
				unix.Read(int(conn), buf)
				unix.Write(int(conn), text)
			}
			unix.Close(int(conn))
		}
	}()
	in := name.(*unix.SockaddrInet4)
	return (&net.TCPAddr{IP: in.Addr[:], Port: in.Port}).String()
}

func serveProbed(tb testing.TB, cfg GateConfig) (addr string) {
	id := Identity{Version: "1.2.3", Name: "web", PID: 12345, PIDNamespace: 4026531836}
	_, addr = serve(tb, served{Identity: id, Gate: NewGate(cfg)})
	return addr
}

// garbage returns how many allocations a request takes. What is left of other tests
// makes some: the least of a few times counts.
func garbage(ask func()) float64 {
	least := testing.AllocsPerRun(100, ask)
	for tries := 1; tries < 10 && least > 0; tries++ {
		least = min(least, testing.AllocsPerRun(100, ask))
	}
	return least
}

// TestNoGarbage: the first garbage collection costs drainit a mebibyte that it does not
// give back, so that probes are to need none. The release's binary has no inlining,
// with which more would be allocated: go test -gcflags=all=-l.
func TestNoGarbage(t *testing.T) {
	for _, tt := range allProbed(t) {
		p := newProber(t, serveProbed(t, tt.gate), tt.path, tt.code)
		for range 3 {
			p.ask()
		}
		if n := garbage(p.ask); n != 0 {
			t.Errorf("%s: %v allocations for a request, want none", tt.name, n)
		}
	}
}

func BenchmarkProbe(b *testing.B) {
	for _, tt := range allProbed(b) {
		b.Run(strings.ReplaceAll(tt.name, ", ", "/"), func(b *testing.B) {
			p := newProber(b, serveProbed(b, tt.gate), tt.path, tt.code)
			p.ask()
			b.ReportAllocs()
			for b.Loop() {
				p.ask()
			}
		})
	}
}
