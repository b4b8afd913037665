package shapes_test

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// TestReports: what a report says is so.
func TestReports(t *testing.T) {
	t.Parallel()
	const events = "/sys/fs/cgroup/memory.events"
	counts := map[string]string{events: "oom_kill 0\n", "/sys/fs/cgroup/cgroup.controllers": "memory\n", "/sys/fs/cgroup/memory.max": "max\n"}
	uvicorn := []string{"serve", "-reraise"}
	rows(t, []shape{
		{
			name: "killed, and out of memory long ago", script: `(sleep 0.5; mark orphan) & exec serve`, ends: true, files: counts,
			up: "serve:ready", status: "137", during: func(c *container) {
				c.outOfMemory(events)
				c.up("orphan:ran")
				time.Sleep(time.Second)
				c.kill("serve")
			},
			never: []string{`msg="child killed: out of memory"`},
		},
		{
			name: "killed, out of memory", argv: []string{"serve"}, ends: true, files: counts,
			up: "serve:ready", status: "137", during: func(c *container) { c.outOfMemory(events); c.kill("serve") },
			says: []string{`msg="child killed: out of memory"`},
		},
		{
			name: "SIGINT, then SIGTERM in the hold", argv: []string{"serve"}, env: []string{"DRAINIT_DRAIN_DELAY=1s"}, stop: syscall.SIGINT, again: syscall.SIGTERM,
			up: "serve:ready", told: term, lines: "serve done", status: "0", says: []string{`request=SIGTERM`}, atLeast: 900 * time.Millisecond,
		},
		{name: "ends by the signal it drained on", argv: uvicorn, gets: "8080/5s", told: term, lines: "serve done", status: "143"},
		{name: "the same is clean", argv: uvicorn, flags: []string{"--remap-exit", "clean=0"}, gets: "8080/5s", told: term, lines: "serve done", status: "0"},
		{name: "not clean: cut at the deadline", argv: uvicorn, flags: []string{"--remap-exit", "clean=0"}, grace: 5 * time.Second, gets: "8080/9s", cut: true, told: term, status: "137"},
		{
			name: "not clean: the program cuts", script: `exec node -e "$(cat /srv/cuts.js)"`, flags: []string{"--remap-exit", "clean=0"},
			files:  map[string]string{"/srv/cuts.js": "require('http').createServer((q, r) => { setTimeout(() => r.end('x'), 9000) }).listen(8080)"},
			during: unanswered, status: "143", never: []string{`requests_cut=0`},
		},
		{
			name: "forked sessions are counted", argv: []string{"socat", "TCP-LISTEN:8080,fork,reuseaddr", "EXEC:session"},
			gets: "8080/3s", cut: true, never: []string{`requests_cut=0`, `in flight left`}, status: "143",
		},
	})
}

// unanswered has a request in flight that nothing of an answer has come to yet.
func unanswered(c *container) {
	var conn net.Conn
	c.soon("a connection", func() (ok bool) {
		var err error
		conn, err = c.dial(8080)
		return err == nil
	})
	c.t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		c.t.Error(err)
	}
	time.Sleep(100 * time.Millisecond)
}

// outOfMemory has the kernel's count of the container's kills rise by one. Real
// ones are in test/docker; here it is when that counts.
func (c *container) outOfMemory(events string) {
	if err := os.WriteFile("/proc/"+itoa(c.cmd.Process.Pid)+"/root"+events, []byte("oom_kill 1\n"), 0o644); err != nil {
		c.t.Error(err)
	}
}

// kill sends SIGKILL to the processes of that name.
func (c *container) kill(name string) {
	for _, pid := range c.pids(name) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
