package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// TestFewProcesses: under a limit of processes that leaves no room for what drainit
// would like to have it lives, answers the platform, and stops its program, whoever asks
// for what.
func TestFewProcesses(t *testing.T) {
	for _, limit := range []int{14, 18, 26} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			cage, addr := testkit.PIDsCage(t, fmt.Sprint(limit)), testkit.FreeAddr(t)
			never, open, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer open.Close()
			defer never.Close()
			r := launch(t, spec{prepare: "cgroup=" + cage, stdin: never,
				args: command([]string{"--probe-addr", addr, "--ports", "none", "--drain-delay", "1s", "--deadline", "20s"},
					sh("trap 'exit 5' TERM; echo ready; while :; do read line; done")...)})
			r.says("ready")
			askAll(t, addr)
			r.signal(syscall.SIGTERM)
			askAll(t, addr)
			r.wantExit(5)
			if log := r.stderr.String(); strings.Contains(log, "runtime") {
				t.Errorf("last words of Go's runtime:\n%s", log)
			}
		})
	}
}

// askAll asks for everything, by many at once. Probes must be answered; the rest may be
// told that there is no room for it.
func askAll(t *testing.T, addr string) {
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	defer client.CloseIdleConnections()
	paths := []string{"/metrics", "/livez", "/drain", "/readyz", "/readyz?verbose"}
	var all sync.WaitGroup
	for asker := range 8 {
		all.Go(func() {
			for n := range 10 {
				path := paths[(asker+n)%len(paths)]
				answer, err := client.Get("http://" + addr + path)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
				answer.Body.Close()
				if code := answer.StatusCode; code != 200 && (path == "/livez" || code != 503) {
					t.Errorf("%s: %d", path, code)
				}
			}
		})
	}
	all.Wait()
}
