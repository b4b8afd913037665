package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

func TestFetch(t *testing.T) {
	_, addr := serve(t, served{Identity: Identity{Version: "1.2.3", PID: 1, PIDNamespace: 4026531836}, Status: midDrain})
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for _, tt := range []struct {
		path string
		code int
		body string
	}{
		{"/livez", 200, "ok"},
		{"/readyz?verbose", 200, "[+]shutdown ok\nreadyz check passed\n"},
		{"/drain", 200, get(t, addr, "/drain").body},
		{"/nowhere", 404, "not found\n\n" + index},
	} {
		a, err := Fetch(ctx, addr, tt.path)
		if err != nil || a.Code != tt.code || string(a.Body) != tt.body {
			t.Errorf("Fetch %s: %d %q, %v, want %d %q", tt.path, a.Code, a.Body, err, tt.code, tt.body)
		}
		if a.Header.Get(HeaderVersion) != "1.2.3" || a.Header.Get(HeaderPIDNamespace) != "4026531836" || a.Header.Get(HeaderPID) != "1" {
			t.Errorf("Fetch %s: header %v, want who says it", tt.path, a.Header)
		}
	}
}

func TestFetchEndsAtItsDeadline(t *testing.T) {
	addr, _ := stuckServer(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Fetch(ctx, addr, "/livez"); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want %v", err, os.ErrDeadlineExceeded)
	}
}

// said serves every connection with exactly the bytes given.
func said(t *testing.T, reply string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			io.WriteString(c, reply)
			c.Close()
		}
	}()
	return l.Addr().String()
}

func TestReplies(t *testing.T) {
	for _, tt := range []struct {
		name, reply string
		err         string // part of it, "" for good
	}{
		{"HTTP/1.0 until closed", "HTTP/1.0 200 OK\r\n\r\nok", ""},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", ""},
		{"no body", "HTTP/1.1 204 No Content\r\n\r\n", ""},
		{"continue and early hints first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", ""},
		{"early hints, then bad", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 503 No\r\n\r\n", "status 503"},
		{"another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "status 101"},
		{"hints without end", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 10000), "header of more than 65536 bytes"},
		{"a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "unexpected EOF"},
		{"nothing", "", "unexpected EOF"},
		{"not HTTP", "SSH-2.0-x\r\n", "malformed HTTP"},
	} {
		err := run(t, parse(t, "http://"+said(t, tt.reply)))
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
	}
}

func TestHostHeader(t *testing.T) {
	for host, want := range map[string]string{
		"localhost:8080":   "localhost:8080",
		"[::1]:8080":       "[::1]:8080",
		"[fe80::1%eth0]:1": "[fe80::1]:1",
		"[fe80::1%eth0]":   "[fe80::1]",
		"127.0.0.1":        "127.0.0.1",
		"x%eth0":           "x",
	} {
		if got := withoutZone(host); got != want {
			t.Errorf("withoutZone(%q) = %q, want %q", host, got, want)
		}
	}
}
