//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"
)

// before are the stories of a machine without tcp_diag, and with no way to load it.
var before = []story{
	{"tcp_diag absent: the remedy names modprobe", diagAbsent},
}

var stories = []story{
	{"tcp_diag loadable: the kernel loads it when drainit asks", diagLoadable},
	{"start, readiness, zombies, hold, stop signal, status, report", life},
	{"the hold ends with the same signal again", holdEnded},
	{"deadline: SIGKILL, 137", deadline},
	{"signals 1 to 64 are passed on", passedOn},
	{"exit statuses", statuses},
	{"leftovers have the sweep", leftovers},
	{"--drain-until idle waits for a request", untilIdle},
	{"a program that cuts a request is reported", cutReported},
	{"--front", front},
	{"standard descriptors closed", closedDescriptors},
	{"--on-exit poweroff is refused in a PID namespace", onExitRefused},
	{"memory limit: the program is killed, drainit says so", outOfMemory},
	{"memory.oom.group=1: drainit dies with the program, and says nothing", outOfMemoryGroup},
	{"memory limit while /metrics is answered: the helper is killed, nobody else, and the stop is what it would be", helperKilled},
	{"memory limit: the helper is killed, then the program, in the hold; drainit says so", bothKilled},
	{"a cgroup namespace, its own cgroup mounted: out of memory, limit of processes", viewed("own", true)},
	{"no cgroup namespace, its own cgroup mounted: the same", viewed("bound", true)},
	{"a cgroup namespace, the host's cgroups mounted (unshare -C): not known, and not guessed", viewed("unshared", false)},
	{"memory.max of " + boundText + ": probed, scraped, drained, reported", bound},
	{"pids.max reached: scraped, drained, stopped", pidsReached},
	{"cgroup.freeze across the deadline: the stop signal comes first", frozen},
	{"cgroup.kill: nothing is left", cgroupKilled},
	{"cpu.max of 5 %: held, stopped in time", slowed},
}

// life is a stop as it should be.
func life(t *trial) {
	p := t.drainit([]string{"--drain-delay", "3s", "--deadline", "20s"}, "server", "7")
	t.says(p, "orphans made")
	status, _ := network.Get(probe + "/readyz")
	t.must(status == 503, "/readyz is %d before the program listens, want 503", status)
	t.ready()
	t.soon("no zombies, all reaped", reaped)
	began := time.Now()
	p.signal(syscall.SIGTERM)
	t.soon("/readyz is 503 in the hold", func() bool { status, _ := network.Get(probe + "/readyz"); return status == 503 })
	status, body := network.Get("http://" + address)
	t.must(status == 200 && !p.stdout.has("got"), "a new connection in the hold: %d %s", status, body)
	t.says(p, "got terminated")
	held := time.Since(began)
	t.must(held >= 3*time.Second && held < 6*time.Second, "the stop signal came after %v, want 3s", held)
	t.wantExit(p, 7)
	t.must(p.stderr.has("hold_ended=\"hold over\"") && p.stderr.has("status=7"), "no report")
}

func holdEnded(t *trial) {
	p := t.drainit([]string{"--drain-delay", "50s"}, "server", "0")
	t.ready()
	p.signal(syscall.SIGTERM)
	t.logged(p, "stop requested")
	time.Sleep(time.Second)
	began := time.Now()
	p.signal(syscall.SIGTERM)
	t.wantExit(p, 0)
	t.must(time.Since(began) < 20*time.Second && p.stderr.has("asked again"), "the hold was not ended")
}

func deadline(t *trial) {
	p := t.drainit([]string{"--deadline", "3s"}, "deaf")
	t.says(p, "deaf")
	began := time.Now()
	p.signal(syscall.SIGTERM)
	t.wantExit(p, 137)
	took := p.exitedAt.Sub(began)
	t.must(took >= 3*time.Second && took < 8*time.Second, "ended after %v, want 3s", took)
	t.must(p.stderr.has("deadline hit, SIGKILL sent") && p.stderr.has("deadline_hit=true"), "no report of the deadline")
}

// reaped reports whether the server's orphans were, all that it has made by now.
func reaped() bool {
	n, err := strconv.Atoi(metric(`drainit_processes_reaped_total{kind="orphan"}`))
	return err == nil && n >= 20 && metric("drainit_zombies") == "0"
}

// notPassedOn are faults, what nobody can catch, what is drainit's own or Go's (SIGPIPE, SIGPROF,
// SIGURG, SIGCHLD, SIGXCPU, SIGXFSZ), and 32
// to 34, which C libraries have for themselves.
var notPassedOn = map[int]bool{4: true, 5: true, 7: true, 8: true, 9: true, 11: true, 13: true, 17: true, 19: true, 23: true, 24: true, 25: true, 27: true, 31: true, 32: true, 33: true, 34: true}

// passedOn sends what is no stop; --stop-on leaves SIGTERM alone as that.
func passedOn(t *trial) {
	p := t.drainit([]string{"--stop-on", "TERM"}, "echo")
	t.says(p, "echoing")
	for n := 1; n <= 64; n++ {
		if notPassedOn[n] || syscall.Signal(n) == syscall.SIGTERM {
			continue
		}
		p.signal(syscall.Signal(n))
		t.says(p, fmt.Sprintf("got %d.", n))
	}
	p.signal(syscall.SIGTERM)
	t.wantExit(p, 0)
}

func statuses(t *trial) {
	for _, status := range []int{0, 1, 7, 125, 255} {
		t.wantExit(t.drainit(nil, "exit", fmt.Sprint(status)), status)
	}
}

func leftovers(t *trial) {
	p := t.drainit([]string{"--sweep", "20s"}, "leave")
	t.wantExit(p, 3)
	t.must(p.stdout.has("left over"), "the leftover did not end by itself")
}

// untilIdle is a request that is half done when the delay is over.
func untilIdle(t *trial) {
	p := t.drainit([]string{"--drain-delay", "0s", "--drain-until", "idle", "--deadline", "40s"}, "server", "0", "cut")
	t.ready()
	t.must(t.slow(p, syscall.SIGTERM), "the request was cut")
	t.wantExit(p, 0)
	t.must(p.stderr.has("nothing in flight"), "not by evidence")
}

// slow sends a signal while a request is in flight, and reports whether that was answered.
func (t *trial) slow(p *process, sig syscall.Signal) bool {
	answered := make(chan int, 1)
	go func() {
		status, _ := network.Get("http://" + address + "/slow")
		answered <- status
	}()
	t.says(p, "slow")
	p.signal(sig)
	return <-answered == 200
}

// cutReported: the kernel's last words on a connection (SKNLGRP_INET_TCP_DESTROY) are understood.
func cutReported(t *trial) {
	p := t.drainit([]string{"--drain-delay", "1s", "--deadline", "40s"}, "server", "0", "cut")
	t.ready()
	t.must(!t.slow(p, syscall.SIGTERM), "the request was answered by a program that cuts")
	t.wantExit(p, 0)
	t.must(p.stderr.has("requests_cut=1"), "the cut request is not in the report")
}

func front(t *trial) {
	const outside = "http://127.0.0.1:8090"
	p := t.drainit([]string{"--front", ":8090=" + address, "--drain-delay", "1s", "--deadline", "40s"}, "server", "0")
	t.ready()
	status, body := network.Get(outside)
	t.must(status == 200 && body == "ok\n", "through the front: %d %q", status, body)
	answered := make(chan int, 1)
	go func() {
		status, _ := network.Get(outside + "/slow")
		answered <- status
	}()
	t.says(p, "slow")
	p.signal(syscall.SIGTERM)
	t.must(<-answered == 200, "the request in flight at the stop was cut")
	t.wantExit(p, 0)
}

func closedDescriptors(t *trial) {
	p := t.drainit(nil, "exit", "0") // that it runs at all
	t.wantExit(p, 0)
	p = t.under([]string{"/guest", "closed", "/drainit", "--", "/guest", "exit", "5"})
	t.wantExit(p, 5)
}

func onExitRefused(t *trial) {
	p := t.drainit([]string{"--on-exit", "poweroff"}, "exit", "0")
	t.wantExit(p, 125)
	t.must(p.stderr.has("it is PID 1 of a PID namespace"), "the message does not say why")
}

func diagAbsent(t *trial) {
	if builtIn("tcp_diag") {
		panic(absent)
	}
	p := t.drainit([]string{"--drain-delay", "1s", "--drain-until", "idle", "--deadline", "20s"}, "server", "0")
	t.ready()
	p.signal(syscall.SIGTERM)
	t.wantExit(p, 0)
	log := p.stderr.String()
	t.must(strings.Contains(log, "modprobe tcp_diag") && !strings.Contains(log, "seccomp"), "no such remedy in the log")
}

func diagLoadable(t *trial) {
	p := t.drainit([]string{"--drain-delay", "1s", "--drain-until", "idle", "--deadline", "20s"}, "server", "0")
	t.ready()
	p.signal(syscall.SIGTERM)
	t.wantExit(p, 0)
	t.must(!p.stderr.has("modprobe") && p.stderr.has("nothing in flight"), "connections were not seen")
}
