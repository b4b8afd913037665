package probe

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Replies as they come from servers, and some that nobody should send.
var replies = []string{
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 200\r\ncontent-length:\t2 \r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + strings.Repeat("x", 65536),
	"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + strings.Repeat("x", 65535),
	"HTTP/1.1 200 OK\r\n\r\n",
	"HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 70000),
	"HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11.2\r\n\r\nok",
	"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\no",
	"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n\r\n",
	"HTTP/1.1 399 \r\n\r\n",
	"HTTP/1.1 400 Bad Request\r\n\r\n",
	"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 20\r\n\r\nno",
	"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
	"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
	"HTTP/1.1 204 No Content\r\nContent-Length: x\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked \r\n\r\nA\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n2\r\nok\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokx\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\rx0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nok\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nok\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\x12\r\nok\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + strings.Repeat("x", 8192) + "\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
		strings.Repeat("10000\r\n"+strings.Repeat("x", 65536)+"\r\n", 2),
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
	"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 503 No\r\n\r\n",
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
	"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
	"HTTP/1.1 200 OK\r\nX: y\r\n folded\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 200 OK\r\n X: y\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
	"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX: \x01\r\n\r\n",
	"HTTP/1.1 200 \x01\r\n\r\n",
	"HTTP/1.1 2000 OK\r\n\r\n",
	"HTTP/1.1 20 OK\r\n\r\n",
	"HTTP/1.1  200 OK\r\n\r\n",
	"HTTP/1.1 200OK\r\n\r\n",
	"HTTP/2.0 200 OK\r\n\r\n",
	"HTTP/1.2 200 OK\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 5000) + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 66000) + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\n",
	"SSH-2.0-OpenSSH_9.2p1\r\n",
	"\r\n\r\n",
	"",
}

// hear returns what plain makes of a reply, in as many pieces as there are.
func hear(tb testing.TB, pieces ...string) error {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		tb.Fatal(err)
	}
	p := &plain{shown: "it", sock: fds[0]}
	if err := p.open(1); err != nil {
		tb.Fatal(err)
	}
	defer p.close()
	defer p.hangUp()
	p.file.SetReadDeadline(time.Now().Add(soon))
	to := Take(fds[1])[0]
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer to.Close()
		for i, piece := range pieces {
			if i > 0 {
				time.Sleep(time.Millisecond)
			}
			io.WriteString(to, piece)
		}
	}()
	defer func() {
		to.SetDeadline(time.Unix(1, 0))
		<-done
	}()
	return p.readReply()
}

// TestPlainIsLikeNetHTTP, whether a reply comes at once or in pieces.
func TestPlainIsLikeNetHTTP(t *testing.T) {
	for _, reply := range replies {
		want := judge(strings.NewReader(reply), goodStatus)
		var cut []string
		for i := range 40 {
			cut = append(cut, reply[len(reply)*i/40:len(reply)*(i+1)/40])
		}
		for _, pieces := range [][]string{{reply}, cut} {
			if err := hear(t, pieces...); (err == nil) != (want == nil) {
				t.Errorf("%.80q in %d: %v, and with net/http %v", reply, len(pieces), err, want)
			}
		}
	}
}

// FuzzReadReply: what is good to plain is good to net/http, and the other way round.
func FuzzReadReply(f *testing.F) {
	for _, reply := range replies {
		f.Add([]byte(reply))
	}
	f.Fuzz(func(t *testing.T, reply []byte) {
		if len(reply) > 150<<10 {
			return // more than the sockets hold
		}
		want := judge(bytes.NewReader(reply), goodStatus)
		if err := hear(t, string(reply)); (err == nil) != (want == nil) {
			t.Errorf("%q: %v, and with net/http %v", reply, err, want)
		}
	})
}

// TestPlainAddresses: what is asked is what is given.
func TestPlainAddresses(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "127.1.2.3", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]"} {
		l, err := net.Listen("tcp", strings.Replace(address, "0.0.0.0", "127.0.0.1", 1)+":0")
		if err != nil {
			t.Logf("%s: %v", address, err)
			continue
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		c := parse(t, "tcp://"+address+":"+port)
		if c.plain == nil {
			t.Fatalf("%s is asked with what makes garbage", c)
		}
		if err := run(t, c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
		l.Close()
		if err := run(t, c); err == nil || err.Error() != c.String()+": connect: connection refused" {
			t.Errorf("%s with nobody there: %v", c, err)
		}
	}
	others := []string{"http://localhost:1/", "https://127.0.0.1:1/", "grpc://127.0.0.1:1", "tcp://[fe80::1%25lo]:1"}
	for _, other := range others {
		if parse(t, other).plain != nil {
			t.Errorf("%s is asked plainly", other)
		}
	}
}

// TestPlainRequest is the same as ever.
func TestPlainRequest(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 4096)
			n, _ := c.Read(b)
			got <- string(b[:n])
			io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
			c.Close()
		}
	}()
	addr := l.Addr().String()
	if err := run(t, parse(t, "http://"+addr+"/ready?a=b c&d")); err != nil {
		t.Fatal(err)
	}
	want := "GET /ready?a=b%20c&d HTTP/1.1\r\nHost: " + addr + "\r\nUser-Agent: drainit\r\nAccept: */*\r\n" +
		"Connection: close\r\n\r\n"
	if got := <-got; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestPlainFailures: each is said, also after another.
func TestPlainFailures(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan string)
	go func() {
		for reply := range answer {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			if reply == "reset" {
				c.(*net.TCPConn).SetLinger(0)
			} else {
				io.WriteString(c, reply)
			}
			c.Close()
		}
	}()
	c := parse(t, "http://"+l.Addr().String())
	for _, tt := range [][2]string{
		{"HTTP/1.1 503 No\r\n\r\n", "status 503"},
		{"HTTP/1.1 503 No\r\n\r\n", "status 503"},
		{"HTTP/1.1 500 No\r\n\r\n", "status 500"},
		{"HTTP/1.1 200 OK\r\n\r\n", ""},
		{"reset", "read: connection reset by peer"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "unexpected EOF"},
		{"HTTP/1.1 503 No\r\n\r\n", "status 503"},
		{"SSH-2.0-x\r\n\r\n", `malformed HTTP response "SSH-2.0-x"`},
	} {
		answer <- tt[0]
		want := ""
		if tt[1] != "" {
			want = c.String() + ": " + tt[1]
		}
		if err := c.Run(t.Context()); err == nil != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%q: %v, want %s", tt[0], err, want)
		}
	}
	close(answer)
	l.Close()
}

// TestIsItself: the kernel may give the port that is asked, where nobody listens on it,
// to the end that asks.
func TestIsItself(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
		if err != nil {
			t.Logf("%s: %v", address, err)
			continue
		}
		defer l.Close()
		at := l.Addr().(*net.TCPAddr).AddrPort()
		if p := connecting(t, at, 0); p.isItself() {
			t.Errorf("a connection to %v is one to itself", at)
		}
		l.Close()
		if p := connecting(t, at, at.Port()); !p.isItself() {
			t.Errorf("a connection from %v to itself is taken for another", at)
		}
	}
}

// connecting connects from a port.
func connecting(t *testing.T, to netip.AddrPort, from uint16) *plain {
	p := new(plain)
	p.setAddress(to)
	var err error
	if p.sock, err = unix.Socket(int(p.family), unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.hangUp)
	unix.SetsockoptInt(p.sock, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	var end unix.Sockaddr = &unix.SockaddrInet6{Port: int(from), Addr: to.Addr().As16()}
	if to.Addr().Is4() {
		end = &unix.SockaddrInet4{Port: int(from), Addr: to.Addr().As4()}
	}
	if err := unix.Bind(p.sock, end); err != nil {
		t.Fatal(err)
	}
	if err := p.connectOnce(); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFullQueue: the kernel takes no more connections, and then it does.
func TestFullQueue(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	in := name.(*unix.SockaddrInet4)
	c := parse(t, "tcp://"+(&net.TCPAddr{IP: in.Addr[:], Port: in.Port}).String())
	for n := 0; n < 10 && err == nil; n++ {
		err = c.Run(t.Context())
	}
	if err == nil || err.Error() != c.String()+": no answer within 800ms" {
		t.Fatalf("%v, want no answer", err)
	}
	p := c.plain
	if p.sock, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	defer p.hangUp()
	p.file.SetReadDeadline(time.Now().Add(soon))
	time.AfterFunc(100*time.Millisecond, func() {
		for conn, _, err := unix.Accept(fd); err == nil; conn, _, err = unix.Accept(fd) {
			unix.Close(conn)
		}
	})
	if err := p.connectOnce(); err != nil || !p.watched {
		t.Errorf("once there was room: %v, having waited is %v", err, p.watched)
	}
	unix.Shutdown(fd, unix.SHUT_RDWR)
}
