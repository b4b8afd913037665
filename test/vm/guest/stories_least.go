//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"
)

// The memory.max under which drainit works whole, beside a program that is busybox's shell and sleep: boundText is enough
// on every machine, and what each needs is searched for in steps, with so many scrapes at last.
const (
	boundText  = "12 MB"
	boundLimit = 12 << 20
	scrapes    = 100
	leastStep  = 128 << 10
)

func bound(t *trial) { t.whole(boundLimit, 10) }

// whole is a life under a limit: probed and scraped so often, and a stop with a report that is sent.
func (t *trial) whole(limit, times int) {
	reports, err := net.Listen("tcp", "127.0.0.1:0")
	t.may(err)
	defer reports.Close()
	came := make(chan string, 1)
	go http.Serve(reports, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		came <- string(text)
	}))
	dir := t.cgroup(fmt.Sprint("memory.max=", limit))
	p := t.start(dir, []string{"/drainit", "--ports", "none", "--drain-delay", "1s", "--deadline", "60s", "--report", "post:http://" + reports.Addr().String(),
		"--", "/bin/sh", "-c", "trap 'exit 5' TERM; echo ready; sleep 1000 & wait"})
	t.soon("probes are answered", func() bool {
		status, _ := network.Get(probe + "/readyz")
		return status == 200 || p.hasEnded()
	})
	for range times {
		for _, path := range []string{"/readyz", "/metrics"} {
			status, why := network.Get(probe + path)
			t.must(status == 200, "%s: %d %.60s", path, status, why)
		}
	}
	p.signal(syscall.SIGTERM)
	t.wantExit(p, 5)
	t.must(p.stderr.has("drain report"), "no report")
	select {
	case text := <-came:
		t.must(strings.Contains(text, `"status":5`), "the report is %s", text)
	case <-time.After(5 * time.Second):
		t.must(false, "no report was sent")
	}
	kills := t.event(dir, "memory.events", "oom_kill")
	t.must(kills == 0, "%d processes were killed", kills)
}

// least searches for the least memory.max with which all goes well, and says it. A few scrapes are enough to find about
// where it is; then it is the first with which all of them do.
func least() {
	holds := func(limit, times int) bool {
		return (&trial{}).attempt(func(t *trial) { t.whole(limit, times) }) == ""
	}
	low, high := 0, boundLimit
	for high-low > leastStep {
		if middle := (low + high) / 2 / leastStep * leastStep; holds(middle, 3) {
			high = middle
		} else {
			low = middle
		}
	}
	for ; high <= boundLimit; high += leastStep {
		if holds(high, scrapes) {
			fmt.Printf("@least %d\n", high)
			return
		}
	}
}
