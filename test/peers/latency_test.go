package peers_test

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"

	"golang.org/x/sys/unix"
)

// TestSignalUnderConnections measures the time from a signal to the child, by
// turns for a drainit with thousands of open probe connections and one without:
// those who hold connections must not delay a stop.
//
// It is not parallel to the other tests. p99 is a few ms on a machine that is
// left alone; what is asserted is what a busy one allows.
func TestSignalUnderConnections(t *testing.T) {
	const (
		rounds = 300
		limit  = 50 * time.Millisecond
	)
	crowd := crowdSize(t)
	alone(t, func(a *attempt) {
		crowded, quiet := a.startClock(), a.startClock()
		a.onEnd(crowd.leave)
		held := crowd.enter(a, crowded.probes)
		var with, without []time.Duration
		for range rounds {
			with = append(with, crowded.latency())
			without = append(without, quiet.latency())
			time.Sleep(2 * time.Millisecond)
		}
		if code, body := get(crowded.probes, "/livez"); code != 200 {
			a.fail("/livez with %d connections open: %d %s", held, code, body)
		}
		t.Logf("signal to child, %d connections: p50 %v, p99 %v; none: p50 %v, p99 %v",
			held, percentile(with, 50), percentile(with, 99), percentile(without, 50), percentile(without, 99))
		if p99 := percentile(with, 99); p99 > max(limit, 3*percentile(without, 99)) {
			a.fail("p99 with %d connections is %v, want %v at most", held, p99, limit)
		}
	})
}

// clocked is an init whose child says when it got a SIGHUP.
type clocked struct {
	*process
	probes string
	lines  int // of the child's that were read
}

func (a *attempt) startClock() *clocked {
	c := &clocked{probes: testkit.FreeAddr(a.t), lines: 1}
	c.process = a.start(spec{flags: map[string][]string{"drainit": {"--probe-addr", c.probes}}, command: role("clock")})
	c.says("ready\n")
	return c
}

// latency sends one SIGHUP and returns how long it took to the child.
func (c *clocked) latency() time.Duration {
	sent := monotonic()
	c.signal(syscall.SIGHUP)
	var line string
	for begin := time.Now(); line == ""; time.Sleep(100 * time.Microsecond) {
		if lines := strings.SplitAfter(c.stdout.String(), "\n"); len(lines) > c.lines+1 {
			line = strings.TrimSpace(lines[c.lines])
			c.lines++
		}
		if time.Since(begin) > patience {
			c.fail("the child got no SIGHUP; stderr %q", c.stderr)
		}
	}
	got, err := strconv.ParseInt(line, 10, 64)
	if err != nil {
		c.fail("the child says %q", line)
	}
	return time.Duration(got - sent)
}

func percentile(d []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)].Round(10 * time.Microsecond)
}

// crowd is connections that are held open without asking anything, or half of a
// request.
type crowd struct {
	size  int
	conns []net.Conn
}

// crowdSize is 10,000, or what the limit of open files allows.
func crowdSize(t *testing.T) *crowd {
	t.Helper()
	const spare, least = 500, 2000
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	size := min(10_000, int(min(l.Cur, 1<<20))-spare)
	if testing.Short() {
		size = min(size, least)
	}
	if size < least {
		t.Skipf("open files: the limit of %d leaves no room for %d connections", l.Cur, least)
	}
	return &crowd{size: size}
}

// enter opens the connections, every second one a slow request, and returns how
// many there were.
func (c *crowd) enter(a *attempt, addr string) int {
	for i := range c.size {
		conn, err := net.DialTimeout("tcp", addr, patience)
		if err != nil {
			a.fail("connection %d: %v", i, err)
		}
		c.conns = append(c.conns, conn)
		if i%2 == 0 {
			_, _ = conn.Write([]byte("GET /readyz HTTP/1.1\r\nHost: x\r\nX-Slow: "))
		}
	}
	return len(c.conns)
}

func (c *crowd) leave() {
	for _, conn := range c.conns {
		conn.Close()
	}
}
