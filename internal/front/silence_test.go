package front

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// oneConn is a listener with one connection.
type oneConn struct {
	net.Listener
	conns chan net.Conn
}

func (l oneConn) Accept() (net.Conn, error) {
	if c, ok := <-l.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (l oneConn) Close() error   { return nil }
func (l oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// A head has its minute from the first byte on, on a kept connection too, where that
// byte alone ends the silence, or came with the request before.
func TestHeadTime(t *testing.T) {
	for _, tt := range []struct {
		early, begun string
		want         time.Duration
	}{
		{"", "", idleTime - time.Minute}, {"", "G", headTime}, {"", "GET / HT", headTime},
		{"G", "", headTime}, {"GET", " / HT", headTime}, {"GET / HT", "", headTime},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, server := net.Pipe()
			l := oneConn{conns: make(chan net.Conn, 1)}
			l.conns <- server
			f := New(Config{Routes: []Route{{l, Target{"tcp", "127.0.0.1:1"}}}})
			f.Serve()
			defer close(l.conns)
			r := bufio.NewReader(c)
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"+tt.early)
			if _, err := http.ReadResponse(r, nil); err != nil {
				t.Fatal(err)
			}
			io.CopyN(io.Discard, r, int64(r.Buffered()))
			began := time.Now()
			if tt.early == "" {
				time.Sleep(time.Minute)
				began = time.Now()
			}
			go io.WriteString(c, tt.begun)
			io.Copy(io.Discard, r)
			if took := time.Since(began); took != tt.want {
				t.Errorf("after %q, and %q: it ended in %v, want %v", tt.early, tt.begun, took, tt.want)
			}
			c.Close()
		})
	}
}
