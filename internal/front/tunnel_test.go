package front

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// upgrading answers 101 and gives the connection to h.
func upgrading(t testing.TB, h func(net.Conn, *bufio.Reader)) net.Addr {
	return rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		sum := sha1.Sum([]byte(request.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: %s\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			request.Header.Get("Upgrade"), base64.StdEncoding.EncodeToString(sum[:]))
		h(c, r)
	})
}

// handshake is that of RFC 6455, section 1.3, with its answer.
const (
	handshake = "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	accepted = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
)

// A WebSocket echoes in both directions, the program's first words come with its
// 101, and the end of one direction is passed on without the other.
func TestUpgrade(t *testing.T) {
	to := upgrading(t, func(c net.Conn, r *bufio.Reader) {
		io.WriteString(c, "hello")
		io.Copy(c, r)
		io.WriteString(c, "bye")
	})
	f, front := behind(t, to)
	for _, early := range []string{"", "\x81\x05early"} { // sent before the 101
		c := dial(t, front)
		r := bufio.NewReader(c)
		io.WriteString(c, handshake+early)
		head, err := readHead(r)
		if err != nil || !strings.HasPrefix(head, "HTTP/1.1 101 Switching Protocols\r\n") || !strings.Contains(head, accepted) {
			t.Fatalf("%q, %v", head, err)
		}
		expect(t, r, "hello"+early)
		for i := range 100 {
			frame := strings.Repeat(string(rune('a'+i%26)), i*i*10+1)
			go io.WriteString(c, frame)
			expect(t, r, frame)
		}
		if s := f.Stats(); s.Upgraded != 1 || s.InFlight != 0 || s.Requests[1] == 0 {
			t.Errorf("%+v", s)
		}
		c.CloseWrite()
		if rest, err := io.ReadAll(r); string(rest) != "bye" || err != nil {
			t.Errorf("%q, %v", rest, err)
		}
		eventually(t, "no tunnel", func() bool { return f.Stats().Upgraded == 0 })
	}
}

func expect(t testing.TB, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); string(got) != want {
		t.Fatalf("%.100q (%d of %d bytes), %v", got[:n], n, len(want), err)
	}
}

// The program may end its direction first.
func TestTunnelThatTheProgramEnds(t *testing.T) {
	heard := make(chan string, 1)
	to := upgrading(t, func(c net.Conn, r *bufio.Reader) {
		c.(*net.TCPConn).CloseWrite()
		b, _ := io.ReadAll(r)
		heard <- string(b)
	})
	_, front := behind(t, to)
	c := dial(t, front)
	r := bufio.NewReader(c)
	io.WriteString(c, handshake)
	readHead(r)
	if rest, err := io.ReadAll(r); len(rest) > 0 || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	io.WriteString(c, "still here")
	c.CloseWrite()
	if s := receive(t, heard); s != "still here" {
		t.Errorf("the program heard %q", s)
	}
}

// A request that offers an upgrade which the program does not take is one like any
// other, and what comes after it is not let through unseen.
func TestUpgradeThatIsNotTaken(t *testing.T) {
	to := program(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "no, ", r.URL.Path) })
	_, front := behind(t, to)
	got := say(t, front, handshake+"GET /next HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\nHost: a\r\n\r\n")
	if !strings.Contains(got, "no, /chatHTTP/1.1 200 OK") || !strings.Contains(got, "no, /nextHTTP/1.1 400 ") {
		t.Errorf("%q", got)
	}
}

// An abort at either end ends the tunnel at the other.
func TestTunnelThatBreaks(t *testing.T) {
	ended := make(chan bool, 1)
	to := upgrading(t, func(c net.Conn, r *bufio.Reader) {
		if b, _ := r.ReadByte(); b == 'x' {
			c.(*net.TCPConn).SetLinger(0)
			return
		}
		io.Copy(io.Discard, r)
		ended <- true
	})
	f, front := behind(t, to)
	c := dial(t, front)
	r := bufio.NewReader(c)
	io.WriteString(c, handshake)
	readHead(r)
	io.WriteString(c, "y")
	c.SetLinger(0)
	c.Close()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the program was not told")
	}
	c = dial(t, front)
	r = bufio.NewReader(c)
	io.WriteString(c, handshake)
	readHead(r)
	io.WriteString(c, "x")
	if _, err := r.ReadByte(); err == nil {
		t.Error("the client was not told")
	}
	c.Close()
	eventually(t, "no tunnel", func() bool { return f.Stats().Upgraded == 0 })
}

// A program that switches to what nobody asked for is none that can be passed on. Its
// connection ends.
func TestTunnelOfAnotherKind(t *testing.T) {
	ended := make(chan bool, 1)
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n")
		io.Copy(io.Discard, r)
		ended <- true
	})
	f, front := behind(t, to)
	c := dial(t, front)
	io.WriteString(c, handshake)
	if head, err := readHead(bufio.NewReader(c)); !strings.HasPrefix(head, "HTTP/1.1 502 ") {
		t.Errorf("%q, %v", head, err)
	}
	receive(t, ended)
	if s := f.Stats(); s.Requests[1] != 0 || s.Upgraded != 0 {
		t.Errorf("%+v", s)
	}
}

// A client that goes while its tunnel begins is counted once, and not as a failure of
// the program's.
func TestClientThatGoesInTheHandshake(t *testing.T) {
	to := upgrading(t, func(c net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) })
	f, front := behind(t, to)
	const count = 300
	for i := range count {
		c := dial(t, front)
		io.WriteString(c, handshake)
		time.Sleep(time.Duration(i) * 3 * time.Microsecond)
		c.SetLinger(0)
		c.Close()
	}
	eventually(t, "each counted", func() bool {
		s := f.Stats()
		return s.Requests[0]+s.Requests[1] == s.Accepted && s.InFlight == 0 && s.Upgraded == 0 && s.Connections == 0
	})
	if s := f.Stats(); s.Failed > 0 {
		t.Errorf("%+v", s)
	}
}

// A request whose body comes after its head becomes a tunnel, too.
func TestUpgradeAfterABody(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		body := make([]byte, 3)
		io.ReadFull(r, body)
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n%s.", body)
		io.Copy(c, r)
	})
	f, front := behind(t, to)
	c := dial(t, front)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\nContent-Length: 3\r\n\r\n")
	eventually(t, "the head is there", func() bool { return f.Stats().InFlight == 1 })
	io.WriteString(c, "abcfirst.")
	r := bufio.NewReader(c)
	if head, err := readHead(r); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		t.Fatalf("%q, %v", head, err)
	}
	io.WriteString(c, "second")
	closeWrite(c)
	if got, err := io.ReadAll(r); string(got) != "abc.first.second" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
