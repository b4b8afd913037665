package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// listen returns a listener that is closed with the test.
func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.(*net.TCPListener)
}

// misbehaving returns the address of a server that reads each request and then
// does as said with its connection.
func misbehaving(t *testing.T, then func(*net.TCPConn)) string {
	t.Helper()
	listener := listen(t)
	go func() {
		for {
			conn, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				then(conn)
			}
		}
	}()
	return listener.Addr().String()
}

func TestOutcomesAsTheClientSeesThem(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-Version: v3\r\n\r\n"
	says := func(text string) func(*net.TCPConn) {
		return func(conn *net.TCPConn) {
			io.WriteString(conn, text)
			conn.Close()
		}
	}
	tests := []struct {
		name string
		addr func(*testing.T) string
		want outcome
	}{
		{"whole answer", func(t *testing.T) string { return misbehaving(t, says(head+"0123456789")) }, answered},
		{"nobody listens", func(t *testing.T) string {
			listener := listen(t)
			listener.Close()
			return listener.Addr().String()
		}, refused},
		{"linger 0", func(t *testing.T) string {
			return misbehaving(t, func(conn *net.TCPConn) {
				conn.SetLinger(0) // close sends RST, socket(7)
				conn.Close()
			})
		}, reset},
		{"listener closed with the connection in its queue", func(t *testing.T) string {
			listener := listen(t)
			time.AfterFunc(100*time.Millisecond, func() { listener.Close() })
			return listener.Addr().String()
		}, reset},
		{"closed without an answer", func(t *testing.T) string { return misbehaving(t, says("")) }, cut},
		{"closed in the head", func(t *testing.T) string { return misbehaving(t, says(head[:20])) }, cut},
		{"closed in the body", func(t *testing.T) string { return misbehaving(t, says(head+"01234")) }, cut},
		{"no answer", func(t *testing.T) string { return misbehaving(t, silence) }, timedOut},
		{"nobody accepts", func(t *testing.T) string { return listen(t).Addr().String() }, timedOut},
		{"status 503", func(t *testing.T) string {
			return misbehaving(t, says("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"))
		}, other},
		{"not HTTP", func(t *testing.T) string {
			return misbehaving(t, func(conn *net.TCPConn) { io.WriteString(conn, "hello\nworld\n\nmore\n") })
		}, other},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limit := 10 * time.Second
			if tt.want == timedOut {
				limit = 200 * time.Millisecond
			}
			version, err := get(tt.addr(t), time.Now().Add(limit))
			if got := classify(err); got != tt.want {
				t.Errorf("outcome %v (error %v), want %v", got, err, tt.want)
			}
			if tt.want == answered && version != "v3" {
				t.Errorf("version %q, want v3", version)
			}
		})
	}
}

func TestEveryLossHasAName(t *testing.T) {
	seen := map[string]bool{}
	for _, how := range lostOutcomes {
		seen[how.String()] = true
	}
	if len(seen) != int(other) || seen[answered.String()] {
		t.Errorf("names of losses %v, want %d of them, without %q", seen, int(other), answered)
	}
}
