package shapes_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

func itoa(n int) string { return strconv.Itoa(n) }

// download is a request that is under way when the container is stopped.
type download struct {
	what string // PORT/PATH
	got  atomic.Int64
	size atomic.Int64
	end  chan error // nil if it came whole
}

// begin asks for PORT/PATH until it is answered, and returns when the answer has
// begun to come.
func (c *container) begin(what string) *download {
	c.t.Helper()
	d := &download{what: what, end: make(chan error, 1)}
	var body io.ReadCloser
	c.soon("an answer of "+what, func() bool {
		resp, err := c.get(what)
		if err != nil {
			return false
		}
		if resp.StatusCode != 200 {
			_ = resp.Body.Close()
			return false
		}
		body = resp.Body
		d.size.Store(resp.ContentLength)
		return true
	})
	go func() {
		defer body.Close()
		_, err := io.Copy(count{&d.got}, body)
		d.end <- err
	}()
	c.soon("the first bytes of "+what, func() bool { return d.got.Load() > 0 })
	return d
}

type count struct{ n *atomic.Int64 }

func (c count) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return len(b), nil
}

// result waits for the end, which a closed namespace brings at the latest.
func (d *download) result() string {
	select {
	case err := <-d.end:
		if err == nil {
			return "whole"
		}
		return fmt.Sprintf("cut after %d of %d bytes", d.got.Load(), d.size.Load())
	case <-time.After(patience):
		return "hangs"
	}
}

// get asks once.
func (c *container) get(what string) (*http.Response, error) {
	port, path, _ := strings.Cut(what, "/")
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	conn, err := c.dial(n)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path); err != nil {
		_ = conn.Close()
		return nil, err
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 4096), nil)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	resp.Body = body{resp.Body, conn}
	return resp, nil
}

// body closes the connection with itself.
type body struct {
	io.ReadCloser
	conn net.Conn
}

func (b body) Close() error { return errors.Join(b.ReadCloser.Close(), b.conn.Close()) }

// dial connects to a port of the container's loopback.
func (c *container) dial(port int) (net.Conn, error) {
	startDialer()
	answer := make(chan dialed, 1)
	dials <- dial{"/proc/" + itoa(c.cmd.Process.Pid) + "/ns/net", port, answer}
	d := <-answer
	return d.conn, d.err
}

type (
	dial struct {
		namespace string
		port      int
		answer    chan<- dialed
	}
	dialed struct {
		conn net.Conn
		err  error
	}
)

var dials = make(chan dial)

// startDialer starts the one goroutine that goes from namespace to namespace: a
// socket stays in the network namespace of the thread that made it. The thread is
// never given back, for nothing else may run in there, and never ends: it may have
// started a container, which would end with it (prctl(2), PR_SET_PDEATHSIG).
var startDialer = sync.OnceFunc(func() {
	go func() {
		runtime.LockOSThread()
		for d := range dials {
			conn, err := dialIn(d.namespace, d.port)
			d.answer <- dialed{conn, err}
		}
	}()
})

func dialIn(namespace string, port int) (net.Conn, error) {
	ns, err := os.Open(namespace)
	if err != nil {
		return nil, err
	}
	defer ns.Close()
	if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "connection")
	defer f.Close()
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return nil, err
	}
	return net.FileConn(f)
}
