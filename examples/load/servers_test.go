package load

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
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

// serving returns the address of a server that does as said with each connection,
// and closes it after.
func serving(t *testing.T, do func(*net.TCPConn, *bufio.Reader)) string {
	t.Helper()
	listener := listen(t)
	go func() {
		for {
			conn, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				do(conn, bufio.NewReader(conn))
			}()
		}
	}()
	return listener.Addr().String()
}

// misbehaving returns the address of a server that reads one request on each
// connection and then does as said with it.
func misbehaving(t *testing.T, then func(*net.TCPConn)) string {
	t.Helper()
	return serving(t, func(conn *net.TCPConn, reader *bufio.Reader) {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		// Closed with bytes unread, a connection is reset.
		io.Copy(io.Discard, request.Body)
		then(conn)
	})
}

// silence answers nothing until the client goes.
func silence(conn *net.TCPConn) { io.Copy(io.Discard, conn) }

// says returns what to do with a connection: write text.
func says(text string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) { io.WriteString(conn, text) }
}

// clientFor returns a client of http://addr/ that keeps so many connections.
func clientFor(t *testing.T, method, addr, body string, keep int) *Client {
	t.Helper()
	request, err := NewRequest(method, &url.URL{Scheme: "http", Host: addr, Path: "/"}, nil, []byte(body), keep > 0)
	if err != nil {
		t.Fatal(err)
	}
	client := &Client{Address: addr, Request: request, Keep: keep}
	t.Cleanup(client.Close)
	return client
}

// inTime is a deadline that only a broken client misses.
func inTime() time.Time { return time.Now().Add(10 * time.Second) }
