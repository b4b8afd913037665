package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// A route is one address before programs that come and go, as a Service of Kubernetes
// is: new connections go to the program of the moment, and those that were made stay
// where they are.
type route struct {
	net.Listener
	to atomic.Pointer[string]
}

func newRoute(t *testing.T) *route {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &route{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.join(c.(*net.TCPConn))
		}
	}()
	return r
}

// join copies both ways until both have ended.
func (r *route) join(client *net.TCPConn) {
	defer client.Close()
	nc, err := net.Dial("tcp", *r.to.Load())
	if err != nil {
		client.SetLinger(0)
		return
	}
	program := nc.(*net.TCPConn)
	defer program.Close()
	there := make(chan struct{})
	go func() {
		defer close(there)
		_, _ = io.Copy(program, client)
		_ = program.CloseWrite()
	}()
	_, _ = io.Copy(client, program)
	_ = client.CloseWrite()
	<-there
}

// calls are how many a client made and lost, by kind, and why.
type calls struct {
	made, lost map[string]int
	why        []string
}

// callThrough makes calls until stop is called.
func callThrough(t *testing.T, grpc, address string) (stop func() calls) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	cmd := exec.CommandContext(ctx, grpc, "load", address)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	var made atomic.Int64
	ended := make(chan calls, 1)
	go func() {
		c := calls{made: map[string]int{}, lost: map[string]int{}}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			words := strings.Fields(lines.Text())
			switch words[0] {
			case "made":
				n, _ := strconv.Atoi(words[1])
				made.Store(int64(n))
			case "end":
				c.made[words[1]], _ = strconv.Atoi(words[2])
				c.lost[words[1]], _ = strconv.Atoi(words[3])
			default:
				c.why = append(c.why, lines.Text())
			}
		}
		ended <- c
	}()
	testkit.Soon(t, "a hundred calls", func() bool { return made.Load() > 100 })
	return func() calls {
		in.Close()
		select {
		case c := <-ended:
			return c
		case <-time.After(testkit.Patience):
			t.Fatal("the client does not end")
			return calls{}
		}
	}
}

// rollOut replaces a gRPC server that is gone at once on SIGTERM so many times, under
// calls of every kind over kept connections. The route follows a moment after each stop.
// Without a hold drainit passes the signal on at once, which is as if it were not there.
func rollOut(t *testing.T, rollouts int, hold string, front bool) calls {
	t.Helper()
	grpc := testkit.GRPC(t)
	start := func() (*running, string) {
		addr, target := testkit.FreeAddr(t), testkit.FreeAddr(t)
		flags := []string{"--grace-period", "30", "--drain-delay", hold, "--probe-addr", "off"}
		if front {
			flags = append(flags, "--front", addr+"="+target)
		} else {
			target = addr
		}
		r := launch(t, spec{args: command(flags, grpc, "serve", target)})
		r.says("ready")
		return r, addr
	}
	now, addr := start()
	service := newRoute(t)
	service.to.Store(&addr)
	stop := callThrough(t, grpc, service.Addr().String())
	for range rollouts {
		next, addr := start()
		now.signal(syscall.SIGTERM)
		time.Sleep(300 * time.Millisecond)
		service.to.Store(&addr)
		now.exit()
		if front {
			now.wantLogged("hold_ended", "nothing in flight")
			now.wantLogged("requests_cut", "0")
		}
		now = next
	}
	c := stop()
	now.signal(syscall.SIGTERM)
	now.exit()
	t.Logf("%d rollouts, hold %s, front %v: made %v, lost %v", rollouts, hold, front, c.made, c.lost)
	return c
}

// rollouts is how many, GRPC_ROLLOUTS or few.
func rollouts() int {
	if n, err := strconv.Atoi(os.Getenv("GRPC_ROLLOUTS")); err == nil {
		return n
	}
	return 2
}

// TestFrontLosesNoCall: a gRPC server that knows of no stop loses no call in rollouts,
// over connections that its clients keep.
func TestFrontLosesNoCall(t *testing.T) {
	t.Parallel()
	c := rollOut(t, rollouts(), "1", true)
	if n := c.lost["unary"] + c.lost["parts"] + c.lost["chat"]; n > 0 || c.made["unary"] < 100 || c.made["parts"] == 0 || c.made["chat"] == 0 {
		t.Errorf("made %v, lost %v: %s", c.made, c.lost, strings.Join(c.why, "\n"))
	}
}

// TestWithoutFrontCallsAreLost is the same with the program alone, without a hold and
// with one: the test above can fail.
func TestWithoutFrontCallsAreLost(t *testing.T) {
	t.Parallel()
	for _, hold := range []string{"0", "1"} {
		t.Run(hold, func(t *testing.T) {
			t.Parallel()
			c := rollOut(t, rollouts(), hold, false)
			if n := c.lost["unary"] + c.lost["parts"] + c.lost["chat"]; n == 0 {
				t.Errorf("made %v, none lost: %s", c.made, fmt.Sprint(c.why))
			}
		})
	}
}
