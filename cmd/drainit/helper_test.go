package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/helper"
	"drainit/internal/testkit"
)

// helpersOf lists the helpers of a drainit.
func helpersOf(r *running) (pids []int) {
	for _, pid := range descendants(r.cmd.Process.Pid) {
		if comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); strings.HasPrefix(string(comm), helper.Name) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestHelperHasNothing: the process that the network reaches can do nothing, and is
// nothing of the program's.
func TestHelperHasNothing(t *testing.T) {
	needsRoot(t)
	t.Parallel()
	silent, probes := testkit.FreeAddr(t), testkit.FreeAddr(t)
	outside := launch(t, spec{notInit: true, args: command(nil, role("slow", silent, "10s")...)})
	outside.says("ready")
	r := launch(t, spec{env: []string{"SECRET=x"}, args: command([]string{"--probe-addr", probes, "--ports", "none",
		"--ready-check", "http://" + silent + "/"}, sh("echo ready; exec sleep 1000")...)})
	r.says("ready")
	asked := make(chan int, 1)
	testkit.Soon(t, "probes are served", func() bool { return probeOnce(probes, "/livez") == nil })
	go func() { // answered once the check has failed, and so asked for by a helper until then
		answer, err := http.Get("http://" + probes + "/readyz?verbose")
		if err != nil {
			asked <- 0
			return
		}
		answer.Body.Close()
		asked <- answer.StatusCode
	}()
	var status, environ, adj, nice string
	fds := 0
	testkit.Soon(t, "a helper has stood down", func() bool {
		for _, pid := range helpersOf(r) {
			read := func(file string) string {
				b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
				return string(b)
			}
			status, environ, adj = read("status"), read("environ"), strings.TrimSpace(read("oom_score_adj"))
			list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
			fds = len(list)
			if _, rest, ok := strings.Cut(read("stat"), ") "); ok {
				nice = strings.Fields(rest)[16]
			}
		}
		return strings.Contains(status, "NoNewPrivs:\t1\n") && strings.Contains(status, "CapPrm:\t0000000000000000\n") && environ != ""
	})
	for _, want := range []string{"Uid:\t65534\t65534\t65534\t65534\n", "Gid:\t65534\t65534\t65534\t65534\n", "CapEff:\t0000000000000000\n"} {
		if !strings.Contains(status, want) {
			t.Errorf("no %q in\n%s", want, status)
		}
	}
	if strings.Contains(environ, "SECRET") || adj != "1000" || nice != "10" {
		t.Errorf("environment %q, oom_score_adj %s, nice %s; want nothing of the program's, 1000, 10", environ, adj, nice)
	}
	if fds > 12 { // three of the link and its copy, the connection and its copy, and Go's poller
		t.Errorf("%d descriptors", fds)
	}
	if code := <-asked; code != 503 {
		t.Errorf("/readyz?verbose: %d, want 503", code)
	}
	r.signal(syscall.SIGTERM)
	r.wantExit(143)
	if log := r.stderr.String(); strings.Contains(log, "WARN") || strings.Contains(log, "leftovers_killed=true") {
		t.Errorf("a helper is taken for a leftover:\n%s", log)
	}
}

// TestHelperWithoutProc: drainit finds itself by its name, of wherever that was given.
func TestHelperWithoutProc(t *testing.T) {
	t.Parallel()
	probes := testkit.FreeAddr(t)
	launch(t, spec{prepare: "no-proc", under: []string{"/bin/sh", "-c", `cd "${0%/*}/"; exec ./"${0##*/}" "$@"`},
		args: command([]string{"--probe-addr", probes, "--ports", "none"}, sh("echo ready; exec sleep 1000")...)}).says("ready")
	testkit.Soon(t, "probes are served", func() bool { return probeOnce(probes, "/livez") == nil })
	testkit.Soon(t, "/metrics is served", func() bool { return probeOnce(probes, "/metrics") == nil })
}

// copyThatMayHang copies drainit. From hang on the kernel asks the test for every execution
// of the copy, and gets no answer until asked is closed (fanotify(7)).
func copyThatMayHang(t *testing.T) (file string, asked int, hang func()) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "drainit")
	program, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, program, 0o755); err != nil {
		t.Fatal(err)
	}
	asked, err = unix.FanotifyInit(unix.FAN_CLASS_CONTENT|unix.FAN_CLOEXEC, unix.O_RDONLY)
	if err != nil {
		t.Skip("fanotify_init:", err)
	}
	return file, asked, func() {
		t.Helper()
		if err := unix.FanotifyMark(asked, unix.FAN_MARK_ADD, unix.FAN_OPEN_EXEC_PERM, unix.AT_FDCWD, file); err != nil {
			t.Skip("fanotify_mark:", err)
		}
	}
}

// TestHelperStartMayHang: where this program cannot be read from its disk, only what needs
// a helper waits for it.
func TestHelperStartMayHang(t *testing.T) {
	needsRoot(t)
	t.Parallel()
	file, asked, hang := copyThatMayHang(t)
	defer unix.Close(asked) // which lets all go on
	probes := testkit.FreeAddr(t)
	r := launch(t, spec{under: []string{"/bin/sh", "-c", `shift; exec "$0" "$@"`, file},
		args: command([]string{"--probe-addr", probes, "--ports", "none"}, sh("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done")...)})
	r.says("ready")
	testkit.Soon(t, "probes are served", func() bool { return probeOnce(probes, "/livez") == nil })
	hang()
	go func() { _ = probeOnce(probes, "/metrics") }()
	poll := []unix.PollFd{{Fd: int32(asked), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, 10_000); n != 1 {
		t.Fatalf("no helper is started: %v", err)
	}
	for range 5 {
		if err := probeOnce(probes, "/livez"); err != nil {
			t.Errorf("/livez: %v", err)
		}
	}
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
}

// TestSweepWaitsForNoHelper: the last leftover's end is the end, whoever on the network
// keeps a helper busy meanwhile.
func TestSweepWaitsForNoHelper(t *testing.T) {
	t.Parallel()
	probes := testkit.FreeAddr(t)
	r := launch(t, spec{args: command([]string{"--probe-addr", probes, "--ports", "none", "--sweep", "20s"},
		sh("trap '' TERM; sleep 1 & trap 'exit 3' USR1; echo ready; while :; do sleep 0.05; done")...)})
	r.says("ready")
	testkit.Soon(t, "probes are served", func() bool { return probeOnce(probes, "/livez") == nil })
	client, err := net.Dial("tcp", probes)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	fmt.Fprint(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n") // whose body it waits for, for 5 s
	testkit.Soon(t, "a helper is there", func() bool { return len(helpersOf(r)) > 0 })
	began := time.Now()
	r.signal(syscall.SIGUSR1)
	r.wantExit(3)
	if took, log := time.Since(began), r.stderr.String(); took > 4*time.Second || strings.Contains(log, "WARN") {
		t.Errorf("over after %v, want a second:\n%s", took, log)
	}
}

// TestHelpersMayFail: whatever becomes of helpers, a stop is what it would be. With
// HELPER_RUNS it is that many stops.
func TestHelpersMayFail(t *testing.T) {
	needsRoot(t)
	runs := 4
	if n, err := strconv.Atoi(os.Getenv("HELPER_RUNS")); err == nil {
		runs = n
	}
	const hold = 700 * time.Millisecond
	signals := []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGSTOP, syscall.SIGABRT}
	hit := 0
	for run := range runs {
		probes := testkit.FreeAddr(t)
		r := launch(t, spec{args: command([]string{"--probe-addr", probes, "--ports", "none", "--drain-delay", hold.String(), "--deadline", "20s"},
			sh("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")...)})
		r.says("ready")
		var over atomic.Bool
		var all sync.WaitGroup
		for _, path := range []string{"/metrics", "/drain", "/readyz?verbose", "/metrics"} {
			all.Go(func() {
				client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
				for !over.Load() {
					if answer, err := client.Get("http://" + probes + path); err == nil {
						answer.Body.Close()
					}
				}
			})
		}
		all.Go(func() {
			for !over.Load() {
				for _, pid := range helpersOf(r) {
					if syscall.Kill(pid, signals[rand.IntN(len(signals))]) == nil {
						hit++
					}
				}
				time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
			}
		})
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		if err := probeOnce(probes, "/livez"); err != nil {
			t.Errorf("run %d: /livez: %v", run, err)
		}
		began := time.Now()
		r.signal(syscall.SIGTERM)
		r.wantExit(7)
		if took := time.Since(began); took < hold {
			t.Errorf("run %d: over after %v, before the hold of %v", run, took, hold)
		}
		over.Store(true)
		all.Wait()
		if log := r.stderr.String(); strings.Contains(log, "WARN") || strings.Contains(log, "ERROR") || strings.Contains(log, "leftovers_killed=true") {
			t.Errorf("run %d:\n%s", run, log)
		}
	}
	t.Logf("%d stops, %d signals to helpers", runs, hit)
	if hit == 0 {
		t.Error("no helper was hit")
	}
}
