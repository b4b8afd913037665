//go:build linux

package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"
)

// cgroup makes a cgroup with limits, each FILE=TEXT, which goes with the trial's processes.
func (t *trial) cgroup(limits ...string) string {
	dir := cgroups + "/story"
	_ = os.Remove(dir)
	t.soon("the last story's cgroup can be removed", func() bool {
		err := os.Remove(dir)
		return err == nil || os.IsNotExist(err)
	})
	t.may(os.Mkdir(dir, 0o755))
	for _, limit := range limits {
		file, text, _ := strings.Cut(limit, "=")
		t.write(dir, file, text)
	}
	return dir
}

func (t *trial) write(dir, file, text string) {
	t.may(os.WriteFile(dir+"/"+file, []byte(text), 0))
}

// number is what a file of a cgroup says, and event a line of one: how often something was.
func (t *trial) number(dir, file string) int {
	text, err := os.ReadFile(dir + "/" + file)
	t.may(err)
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	t.may(err)
	return n
}

func (t *trial) event(dir, file, name string) int {
	text, err := os.ReadFile(dir + "/" + file)
	t.may(err)
	for line := range strings.Lines(string(text)) {
		if n, ok := strings.CutPrefix(line, name+" "); ok {
			return number(strings.TrimSpace(n))
		}
	}
	t.must(false, "%s has no %s", file, name)
	return 0
}

func outOfMemory(t *trial) {
	dir := t.cgroup("memory.max=64M")
	p := t.drainitIn(dir, nil, "eat")
	t.wantExit(p, 137)
	t.must(p.stderr.has("child killed: out of memory"), "the log does not say why")
}

func outOfMemoryGroup(t *trial) {
	dir := t.cgroup("memory.max=64M", "memory.oom.group=1")
	p := t.drainitIn(dir, nil, "eat")
	t.wantExit(p, 137)
	t.must(p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled(), "drainit outlived its group")
	t.must(!p.stderr.has("out of memory"), "somebody was told, which nobody can rely on")
}

// pidsReached: 40 are more than drainit's own threads, and less than the crowd wants.
func pidsReached(t *trial) {
	dir := t.cgroup("pids.max=60")
	p := t.drainitIn(dir, []string{"--drain-delay", "1s", "--ports", "none", "--sweep", "3s"}, "crowd")
	t.says(p, "full:")
	status, _ := network.Get(probe + "/readyz")
	t.must(status == 200, "/readyz is %d at the limit of processes, want 200", status)
	p.signal(syscall.SIGTERM)
	t.wantExit(p, 4)
}

// frozen is a cgroup that stood still from the hold until after the deadline: what was due is done in its order. Whether
// the program ends before the SIGKILL that follows is a matter of moments.
func frozen(t *trial) {
	dir := t.cgroup()
	p := t.drainitIn(dir, []string{"--drain-delay", "1s", "--deadline", "5s"}, "server", "0")
	t.ready()
	p.signal(syscall.SIGTERM)
	t.logged(p, "stop requested")
	t.write(dir, "cgroup.freeze", "1")
	time.Sleep(10 * time.Second)
	t.must(!p.stderr.has("stop signal sent"), "the cgroup was not frozen")
	t.write(dir, "cgroup.freeze", "0")
	t.wantEnd(p)
	log := p.stderr.String()
	sent, killed := strings.Index(log, "stop signal sent"), strings.Index(log, "SIGKILL sent")
	t.must(sent >= 0 && (killed < 0 || sent < killed), "no stop signal before SIGKILL")
}

func cgroupKilled(t *trial) {
	dir := t.cgroup()
	if _, err := os.Stat(dir + "/cgroup.kill"); err != nil {
		panic(absent) // Linux before 5.14
	}
	p := t.drainitIn(dir, nil, "server", "0")
	t.ready()
	t.write(dir, "cgroup.kill", "1")
	t.wantExit(p, 137)
	events, err := os.ReadFile(dir + "/cgroup.events")
	t.may(err)
	t.must(strings.Contains(string(events), "populated 0"), "processes are left: %s", events)
}

// slowed has a twentieth of a processor.
func slowed(t *trial) {
	dir := t.cgroup("cpu.max=5000 100000")
	p := t.drainitIn(dir, []string{"--drain-delay", "3s", "--deadline", "30s"}, "server", "7")
	t.ready()
	began := time.Now()
	p.signal(syscall.SIGTERM)
	t.says(p, "got terminated")
	held := time.Since(began)
	t.must(held >= 3*time.Second && held < 15*time.Second, "the stop signal came after %v, want 3s", held)
	t.wantExit(p, 7)
}
