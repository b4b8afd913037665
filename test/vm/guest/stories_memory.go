//go:build linux

package main

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"
)

// helperKilled: there is less and less room for a helper, until memory ends in the midst of its life; and then again in the
// hold. The program has the most, and its end would be the easiest for the kernel. With less room yet a process cannot even
// begin, and then it is the program.
func helperKilled(t *trial) {
	const step = 128 << 10
	dir := t.cgroup()
	p := t.drainitIn(dir, []string{"--drain-delay", "5s", "--deadline", "60s"}, "heavy", "7")
	t.ready()
	room, unanswered := 40*step, ""
	for status := 200; status == 200 && room > step; {
		room -= step
		status, unanswered = t.scrape(dir, room, unanswered)
	}
	t.must(unanswered != "", "no helper was killed before it had answered")
	p.signal(syscall.SIGTERM)
	began := time.Now()
	t.logged(p, "stop requested")
	kills := t.event(dir, "memory.events", "oom_kill")
	if status, _ := t.scrape(dir, room, ""); status == 200 {
		fmt.Println("@note no helper was killed in the hold")
	} else {
		t.must(t.event(dir, "memory.events", "oom_kill") > kills, "no helper was killed in the hold")
	}
	t.write(dir, "memory.max", "max")
	status, _ := network.Get(probe + "/readyz")
	t.must(status == 503 && !p.stdout.has("got"), "/readyz is %d in the hold, want 503; the program says %q", status, p.stdout.String())
	t.says(p, "got terminated")
	held := time.Since(began)
	t.must(held >= 5*time.Second && held < 15*time.Second, "the stop signal came after %v, want 5s", held)
	t.wantExit(p, 7)
	log := p.stderr.String()
	t.must(strings.Contains(log, `hold_ended="hold over"`) && strings.Contains(log, "status=7"), "not the usual report")
	t.must(!strings.Contains(log, "WARN") && !strings.Contains(log, "ERROR"), "drainit complains")
	fmt.Printf("@note a scrape whose helper is killed, with room for %d KiB: %s\n", room>>10, unanswered)
}

// scrape asks for /metrics with so much room for more memory, and returns the status and what a client was told whose
// helper was killed. /readyz is answered all the same, if not the first time.
func (t *trial) scrape(dir string, room int, before string) (status int, unanswered string) {
	t.soon("no helper is left", func() bool { return helper() == 0 })
	time.Sleep(time.Second) // what drainit itself does after its start, or a helper's end
	t.write(dir, "memory.max", fmt.Sprint(t.number(dir, "memory.current")+room))
	kills := t.event(dir, "memory.events", "oom_kill")
	status, why := network.Get(probe + "/metrics")
	killed := t.event(dir, "memory.events", "oom_kill") - kills
	t.must(status == 200 || killed > 0, "with room for %d KiB /metrics is %d %.60q, and %d processes were killed", room>>10, status, why, killed)
	t.soon(fmt.Sprintf("/readyz answers with room for %d KiB", room>>10), func() bool { // a connection may want memory too
		ready, _ := network.Get(probe + "/readyz")
		return ready == 200 || ready == 503
	})
	if status != 200 {
		return status, fmt.Sprintf("%d %s", status, why)
	}
	return status, before
}

// bothKilled: a helper lives, in the hold, while the program takes all there is. That more than the program was killed
// says that a helper was the first: with the program gone there was room again.
func bothKilled(t *trial) {
	dir := t.cgroup("memory.max=64M")
	p := t.drainitIn(dir, []string{"--drain-delay", "50s", "--deadline", "60s"}, "heavy", "7")
	t.ready()
	client, err := net.Dial("tcp", strings.TrimPrefix(probe, "http://"))
	t.may(err)
	defer client.Close()
	fmt.Fprint(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n") // whose body it waits for, for 5 s
	t.soon("a helper is there", func() bool { return helper() != 0 })
	began := time.Now()
	p.signal(syscall.SIGTERM)
	t.logged(p, "stop requested")
	p.signal(syscall.SIGUSR1)
	t.wantExit(p, 137)
	t.must(p.exitedAt.Sub(began) < 40*time.Second, "the hold went on without the program")
	kills := t.event(dir, "memory.events", "oom_kill")
	t.must(kills >= 2, "%d processes were killed, want a helper and the program", kills)
	t.must(p.stderr.has("child killed: out of memory") && p.stderr.has("status=137"), "the log does not say why")
}

// viewed: drainit with cgroups seen in some way, see view. seen says whether that shows it its own.
func viewed(how string, seen bool) func(*trial) {
	return func(t *trial) {
		dir := t.cgroup("memory.max=64M", "pids.max=100")
		p := t.start(dir, []string{"/guest", "view", how, "/drainit", "--", "/guest", "heavy", "0"})
		t.ready()
		limit, want := metric("drainit_pids_limit"), ""
		if seen {
			want = "100"
		}
		t.must(limit == want && (metric("drainit_pids") != "") == seen, "drainit_pids_limit is %q, want %q", limit, want)
		p.signal(syscall.SIGUSR1)
		t.wantExit(p, 137)
		t.must(t.event(dir, "memory.events", "oom_kill") == 1, "not one was killed")
		t.must(p.stderr.has("child killed: out of memory") == seen, "out of memory is said, or is not")
		t.must(p.stderr.has("child killed by a SIGKILL that drainit did not send") == !seen, "that it is not known is said, or is not")
	}
}
