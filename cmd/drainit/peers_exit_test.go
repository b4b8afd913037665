package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// The sidecar of a job ends with it, and with its status.
func TestExitWith(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]int{"0": 0, "7": 7} {
		p := newPod(t, "job,proxy")
		proxy := p.launch("proxy", []string{"--exit-with", "job", "--grace-period", "30s"}, takes(100*time.Millisecond, 9)...)
		job := p.launch("job", nil, sh("echo ready; sleep 0.3; exit "+status)...)
		job.wantExit(want)
		began := time.Now()
		proxy.wantExit(want)
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("left %v after the job, want no hold", took)
		}
		proxy.logs("exit_with=job")
		proxy.logs(`request=none`)
		p.leftNothing()
	}
}

// A job that is over before its sidecar looks for it again is seen all the
// same: it says that it is there.
func TestExitWithAShortJob(t *testing.T) {
	t.Parallel()
	p := newPod(t, "job,proxy")
	proxy := p.launch("proxy", []string{"--exit-with", "job"}, takes(0, 9)...)
	p.served("proxy")
	time.Sleep(1500 * time.Millisecond) // its looks are a second apart by now
	job := p.launch("job", nil, sh("echo ready; sleep 0.1; exit 3")...)
	job.wantExit(3)
	proxy.wantExit(3)
}

// kubexit leaves with 255 where a signal ended the program, and knows no end of
// a container that was killed.
func TestExitWithKilled(t *testing.T) {
	t.Parallel()
	p := newPod(t, "job,proxy")
	job := p.launch("job", nil, sh("echo ready; sleep 1000")...)
	p.served("job")
	proxy := p.launch("proxy", []string{"--exit-with", "job"}, takes(0, 9)...)
	proxy.follows(p, "job")
	job.signal(syscall.SIGKILL)
	job.wantExit(137)
	proxy.wantExit(137)

	job = p.launch("job", nil, sh("echo ready; sleep 1000")...)
	p.served("job")
	proxy = p.launch("proxy", []string{"--exit-with", "job"}, takes(0, 9)...)
	proxy.follows(p, "job")
	if err := syscall.Kill(job.pidOf("sleep 1000"), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	job.wantExit(143)
	proxy.wantExit(143)
}

// kubexit reads no tombstone at its start, and takes that of an earlier run for
// one of this. Here what has ended leaves nothing, and what runs is found.
func TestExitWithNoStaleEnds(t *testing.T) {
	t.Parallel()
	p := newPod(t, "job,proxy")
	job := p.launch("job", nil, sh("echo ready; exit 5")...)
	job.wantExit(5)
	proxy := p.launch("proxy", []string{"--exit-with", "job"}, takes(0, 9)...) // after that one
	time.Sleep(500 * time.Millisecond)
	if told, _ := proxy.stamps(); told != 0 {
		t.Fatalf("the proxy leaves with a job that had ended before:\n%s", proxy.stderr)
	}
	end := filepath.Join(t.TempDir(), "end")
	job = p.launch("job", nil, sh("echo ready; while [ ! -e "+end+" ]; do sleep 0.05; done; exit 6")...)
	p.served("job")
	late := p.launch("late", []string{"--stop-order", "none", "--exit-with", "job"}, takes(0, 9)...) // after this one
	testkit.Soon(t, "both follow the job", func() bool { return p.connections("job") == 2 })
	if err := os.WriteFile(end, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	job.wantExit(6)
	proxy.wantExit(6)
	late.wantExit(6)
}

// kubexit starts its child although a SIGTERM came while it waited for another.
// Nothing here waits before its child, and the stop ends it.
func TestStopWhilePeersAreAwaited(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	for range 5 {
		proxy := p.launch("proxy", []string{"--exit-with", "app"}, takes(0, 4)...) // never there
		proxy.signal(syscall.SIGTERM)
		proxy.wantExit(4)
	}
}

// kubexit panics in 16 of 40 runs when a SIGTERM comes after its wait, or loses
// it.
func TestStopAtAnyTimeWithPeers(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	p.launch("app", nil, takes(0, 0)...)
	for i := range 20 {
		name := []string{"proxy", "app"}[i%2] // the latter held by another
		r := launch(t, spec{
			args: command([]string{"--pod-id", p.id, "--stop-order", "proxy,app", "--name", name, "--exit-with", "none"}, sh("exec sleep 1000")...),
		})
		r.pidOf("sleep 1000")
		time.Sleep(time.Duration(i*i) * 100 * time.Microsecond)
		r.signal(syscall.SIGTERM)
		if got := r.exit(); got != 143 || strings.Contains(r.stderr.String(), "goroutine") {
			t.Fatalf("round %d: got exit status %d, want 143; stderr %q", i, got, r.stderr)
		}
	}
}

// kubexit passes on the SIGURG that Go's runtime sends itself.
func TestNoSIGURGWithPeers(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	r := p.launch("proxy", nil, sh(`trap 'echo URG' URG; trap 'exit 0' TERM; echo ready; while :; do sleep 0.02; done`)...)
	for range 10 { // it has something to do
		app := p.launch("app", nil, sh("echo ready")...)
		app.wantExit(0)
		r.signal(syscall.SIGURG)
	}
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	if strings.Contains(r.stdout.String(), "URG") {
		t.Error("SIGURG was passed on")
	}
}

// follows waits until a drainit is connected to the one of a name, and to it alone.
func (r *running) follows(p testPod, name string) {
	r.t.Helper()
	testkit.Soon(r.t, "a connection to "+name, func() bool { return p.connections(name) > 0 })
}
