package load

import (
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestOutcomesAsTheClientSeesThem(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-Version: v3\r\n\r\n"
	status := func(line string) func(*testing.T) string {
		return func(t *testing.T) string {
			return misbehaving(t, says("HTTP/1.1 "+line+"\r\nContent-Length: 0\r\n\r\n"))
		}
	}
	answers := func(text string) func(*testing.T) string {
		return func(t *testing.T) string { return misbehaving(t, says(text)) }
	}
	tests := []struct {
		name string
		addr func(*testing.T) string
		want Outcome
	}{
		{"whole answer", answers(head + "0123456789"), Answered},
		{"announced answer", answers("HTTP/1.1 103 Early Hints\r\n\r\n" + head + "0123456789"), Answered},
		{"nobody listens", func(t *testing.T) string {
			listener := listen(t)
			listener.Close()
			return listener.Addr().String()
		}, Refused},
		{"linger 0", func(t *testing.T) string {
			return misbehaving(t, func(conn *net.TCPConn) {
				conn.SetLinger(0) // close sends RST, socket(7)
				conn.Close()
			})
		}, Reset},
		{"listener closed with the connection in its queue", func(t *testing.T) string {
			listener := listen(t)
			time.AfterFunc(100*time.Millisecond, func() { listener.Close() })
			return listener.Addr().String()
		}, Reset},
		{"closed without an answer", answers(""), Cut},
		{"closed in the head", answers(head[:20]), Cut},
		{"closed in the body", answers(head + "01234"), Cut},
		{"closed in a chunk", answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n012"), Cut},
		{"closed between chunks", answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n"), Cut},
		{"no answer", func(t *testing.T) string { return misbehaving(t, silence) }, TimedOut},
		{"nobody accepts", func(t *testing.T) string { return listen(t).Addr().String() }, TimedOut},
		{"half an answer", func(t *testing.T) string {
			return misbehaving(t, func(conn *net.TCPConn) {
				io.WriteString(conn, head+"01234")
				silence(conn)
			})
		}, TimedOut},
		{"redirect", status("302 Found"), Answered},
		{"status 503", status("503 Service Unavailable"), ServerError},
		{"status 404", status("404 Not Found"), ClientError},
		{"status 600", status("600 What"), Other},
		{"not HTTP", answers("hello\nworld\n\nmore\n"), Other},
	}
	for _, tt := range tests {
		for keep, body := range []string{"", "a body"} {
			t.Run(fmt.Sprintf("%s, keep %d", tt.name, keep), func(t *testing.T) {
				t.Parallel()
				deadline := inTime()
				if tt.want == TimedOut {
					deadline = time.Now().Add(200 * time.Millisecond)
				}
				method := []string{"GET", "POST"}[keep]
				answer, err := clientFor(t, method, tt.addr(t), body, keep).Send(deadline)
				if got := Classify(err); got != tt.want {
					t.Errorf("outcome %v (error %v), want %v", got, err, tt.want)
				}
				if version := answer.Header.Get("X-Version"); tt.want == Answered && strings.Contains(tt.name, "answer") && version != "v3" {
					t.Errorf("version %q, want v3", version)
				}
			})
		}
	}
}

// What loopback cannot be made to do without changing the machine's routes.
func TestUnreachable(t *testing.T) {
	err := fmt.Errorf("dial: %w", syscall.EHOSTUNREACH)
	if got := Classify(err); got != Unreachable {
		t.Errorf("%v: outcome %v, want %v", err, got, Unreachable)
	}
}

func TestEveryLossHasAName(t *testing.T) {
	seen := map[string]bool{}
	for _, how := range Losses {
		seen[how.String()] = true
	}
	if len(seen) != int(Other) || seen[Answered.String()] {
		t.Errorf("names of losses %v, want %d of them, without %q", seen, int(Other), Answered)
	}
}
