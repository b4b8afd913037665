package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// outcome is what a run of the program printed and returned.
type outcome struct {
	status         int
	stdout, stderr string
}

// run runs the program until it ends by itself.
func run(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := check(t.Context(), args, &stdout, &stderr)
	return outcome{status, stdout.String(), stderr.String()}
}

// runJSON is run with -json and 50 requests in half a second before args, and
// what it said.
func runJSON(t *testing.T, args ...string) (document, int) {
	t.Helper()
	o := run(t, append([]string{"-json", "-rate", "100", "-duration", "500ms"}, args...)...)
	var d document
	if err := json.Unmarshal([]byte(o.stdout), &d); err != nil {
		t.Fatalf("%v; standard output %q, standard error %q", err, o.stdout, o.stderr)
	}
	if d.Sent+d.NotSent != 50 || d.Answered+d.Lost != d.Sent {
		t.Errorf("%d sent (%d answered, %d lost) and %d not, want 50 that sum up", d.Sent, d.Answered, d.Lost, d.NotSent)
	}
	return d, o.status
}

// serve returns the URL of a server of whole answers.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// behave returns the URL of a server that does as said with each connection once
// it has read a request from it, and then closes it.
func behave(t *testing.T, do func(*net.TCPConn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.(*net.TCPListener).AcceptTCP()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					do(conn)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func TestEveryLossIsToldApart(t *testing.T) {
	tests := []struct {
		want string
		url  string
	}{
		{"refused", "http://" + testkit.FreeAddr(t)},
		{"reset", behave(t, func(conn *net.TCPConn) { conn.SetLinger(0) })},
		{"cut", behave(t, func(conn *net.TCPConn) { io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234") })},
		{"timeout", behave(t, func(conn *net.TCPConn) { io.Copy(io.Discard, conn) })},
		{"5xx", serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })},
		{"4xx", serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })},
		{"other", behave(t, func(conn *net.TCPConn) { io.WriteString(conn, "220 mail.example ready\r\n\r\n") })},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			args := []string{tt.url}
			if tt.want == "timeout" {
				args = []string{"-timeout", "200ms", tt.url}
			}
			d, status := runJSON(t, args...)
			if d.By[tt.want] != 50 || len(d.By) != 1 || status != 1 {
				t.Errorf("lost %v, exit status %d, want 50 of kind %s, 1", d.By, status, tt.want)
			}
			if d.First == nil || d.Last == nil || d.First.Err == "" || !d.First.Due.Before(d.Last.Due) || d.First.Seen.Before(d.First.Due) {
				t.Errorf("first %+v, last %+v, want two with their instants and reasons", d.First, d.Last)
			}
		})
	}
}

func TestNothingLost(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Version", "v1") })
	for _, keep := range []string{"0", "3"} {
		d, status := runJSON(t, "-keep", keep, url)
		if d.Lost != 0 || d.First != nil || d.Versions["v1"].Answered != 50 || status != 0 {
			t.Errorf("keep %s: %d lost, versions %v, exit status %d, want none, 50 by v1, 0", keep, d.Lost, d.Versions, status)
		}
		if many := d.Connections.Opened == 50; many != (keep == "0") {
			t.Errorf("keep %s: %d connections opened for 50 requests", keep, d.Connections.Opened)
		}
	}
}

// The server answers the first request of each connection and closes it when it
// has read the second: those are lost, and no server sees one of them again.
func TestLossOnAKeptConnectionIsNotHidden(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		var served atomic.Int64
		var asked sync.Map // by the client's address
		url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			served.Add(1)
			if _, before := asked.Swap(r.RemoteAddr, true); before {
				panic(http.ErrAbortHandler)
			}
		})
		d, status := runJSON(t, "-keep", "1", "-method", method, url)
		if d.Lost == 0 || d.By["cut"]+d.By["reset"] != d.Lost || status != 1 {
			t.Errorf("%s: lost %v, exit status %d, want some that were cut, 1", method, d.By, status)
		}
		if got := served.Load(); got != 50 {
			t.Errorf("%s: the server read %d requests, want each of 50 once", method, got)
		}
	}
}

// What was due while too much was in flight was not sent, and that is no success.
func TestWhatWasNotSentIsSaid(t *testing.T) {
	t.Parallel()
	answer := make(chan struct{})
	url := serve(t, func(http.ResponseWriter, *http.Request) { <-answer })
	time.AfterFunc(3*time.Second, func() { close(answer) })
	d, status := runJSON(t, "-in-flight", "7", url)
	if d.Sent != 7 || d.NotSent != 43 || d.Lost != 0 || status != 1 {
		t.Errorf("%d sent, %d not, %d lost, exit status %d, want 7, 43, 0, 1", d.Sent, d.NotSent, d.Lost, status)
	}
}

// A server that takes its time is asked no less, and its answers count from when
// they were due.
func TestSlowIsMeasuredFromWhenItWasDue(t *testing.T) {
	t.Parallel()
	var inFlight atomic.Int64
	answer := make(chan struct{})
	url := serve(t, func(http.ResponseWriter, *http.Request) {
		if inFlight.Add(1) == 50 {
			time.AfterFunc(400*time.Millisecond, func() { close(answer) })
		}
		<-answer
	})
	d, status := runJSON(t, "-slow", "300ms", "-timeout", "5s", url)
	if d.Lost > 0 {
		t.Fatalf("lost %v: all 50 are answered as soon as all are in flight: the schedule must not wait", d.By)
	}
	// The first was due 0.49s before the last.
	if d.Slow != 50 || d.Latency["max"] < 0.88 || status != 0 {
		t.Errorf("%d slow, latency %v, exit status %d, want 50, 0.89s for the first, 0", d.Slow, d.Latency, status)
	}
}

func TestWhatIsSent(t *testing.T) {
	file := t.TempDir() + "/body"
	if err := os.WriteFile(file, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 100)
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- fmt.Sprintf("%s %s %s %q %s", r.Method, r.URL, r.Host, r.Header["X-Two"], body)
	})
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-body", "a text", "-header", "X-Two: 1", "-header", "x-two:2", "-header", "Host: shop.example", url + "/o?p=1"},
			`POST /o?p=1 shop.example ["1" "2"] a text`},
		{[]string{"-method", "PUT", "-body", "@" + file, url + "/o"}, `PUT /o ` + strings.TrimPrefix(url, "http://") + ` [] from a file`},
	} {
		d, _ := runJSON(t, tt.args...)
		if text := <-got; text != tt.want || d.Lost != 0 {
			t.Errorf("%q: the server read %q, %d lost, want %q, 0", tt.args, text, d.Lost, tt.want)
		}
		for range 49 {
			<-got
		}
	}
}

func TestVersionFromTheBody(t *testing.T) {
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		switch n := n.Add(1); {
		case n <= 10:
			io.WriteString(w, "hello from v1\n")
		case n <= 30:
			io.WriteString(w, "hello from v2\n")
		default:
			io.WriteString(w, "hello\n")
		}
	})
	d, _ := runJSON(t, "-version-body", `from (\w+)`, url)
	for name, want := range map[string]int{"v1": 10, "v2": 20, "": 20} {
		if got := d.Versions[name].Answered; got != want {
			t.Errorf("version %q answered %d, want %d", name, got, want)
		}
	}
}

// An interrupt ends the sending and waits for what is in flight.
func TestInterrupt(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	var once atomic.Bool
	url := serve(t, func(http.ResponseWriter, *http.Request) {
		if !once.Swap(true) {
			interrupt()
			time.Sleep(200 * time.Millisecond)
		}
	})
	var stdout, stderr bytes.Buffer
	status := check(ctx, []string{"-duration", "0", url}, &stdout, &stderr)
	if status != 0 || !strings.Contains(stdout.String(), " 0 lost") {
		t.Errorf("exit status %d, output %q, standard error %q, want 0 and nothing lost", status, stdout.String(), stderr.String())
	}
}

func TestText(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Version", "v9") })
	file := t.TempDir() + "/report.html"
	o := run(t, "-rate", "20", "-duration", "200ms", "-report", file, url)
	if page, err := os.ReadFile(file); err != nil || !strings.Contains(string(page), "0 of 4 requests lost") {
		t.Errorf("the page is %q, error %v, want one that says what was lost", page, err)
	}
	for _, want := range []string{"\n     0s      4  ====  by v9\n", "\nrequests      4 sent, 4 answered, 0 lost\n", "\nanswered by   v9: 4, "} {
		if !strings.Contains(o.stdout, want) || o.status != 0 {
			t.Errorf("exit status %d, output %q, want 0 and in it %q", o.status, o.stdout, want)
		}
	}
}
