package main

import (
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

const shellInTheWay = "the platform's signals end at the shell that is PID 1"

// shells are the ways in which images have one; {"-c", script, drainit…} follows.
// One that is not installed here is skipped, and counted.
func shells(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{"dash": {"/bin/dash"}, "bash": {"/bin/bash"}, "busybox": {"/bin/busybox", "sh"}}
	for name, argv := range all {
		if _, err := os.Stat(argv[0]); err != nil {
			t.Run("in "+name, func(t *testing.T) { t.Skip("a shell that is not installed: " + argv[0]) })
			delete(all, name)
		}
	}
	return all
}

// underShell starts drainit below a shell that is PID 1 and runs the script, in
// which "$0" "$@" is drainit with its program.
func underShell(t *testing.T, shell []string, script string, flags ...string) *running {
	t.Helper()
	return launch(t, spec{under: append(shell, "-c", script), args: command(flags, role("wait", "0")...)})
}

// TestShellInTheWay: a shell form, a script that does not exec.
func TestShellInTheWay(t *testing.T) {
	t.Parallel()
	for name, shell := range shells(t) {
		addr := testkit.FreeAddr(t)
		r := underShell(t, shell, `"$0" "$@"; exit $?`, "--probe-addr", addr)
		r.says("ready")
		r.logs(shellInTheWay)
		testkit.Soon(t, name+": /drain tells it", func() bool { return strings.Contains(get(t, addr), `"signals_end_at": "`+name+`"`) })
		if n := strings.Count(r.stderr.String(), shellInTheWay); n != 1 {
			t.Errorf("%s: said %d times, want once:\n%s", name, n, r.stderr)
		}
	}
}

// get returns what a drainit says of itself, "" while it says nothing.
func get(t *testing.T, addr string) string {
	t.Helper()
	resp, err := http.Get("http://" + addr + "/drain")
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

// TestNoShellInTheWay: each of these hears SIGTERM, and nothing is said. What the
// shell does after it has started drainit is waited for.
func TestNoShellInTheWay(t *testing.T) {
	t.Parallel()
	scripts := map[string]string{
		"exec":          `exec "$0" "$@"`,
		"one command":   `"$0" "$@"`, // which dash does not execute in its own place
		"trap before":   `trap 'kill -TERM $p' TERM; "$0" "$@" & p=$!; wait $p; wait $p`,
		"trap after":    `"$0" "$@" & p=$!; sleep 0.5; trap 'kill -TERM $p' TERM; wait $p; wait $p`,
		"another after": `"$0" "$@" & p=$!; sleep 0.5; trap 'kill -TERM $p' USR1 TERM; wait $p; wait $p`,
	}
	installed := shells(t)
	for name, script := range scripts {
		for shell, path := range installed {
			if name == "one command" && shell == "dash" {
				continue
			}
			t.Run(name+" "+shell, func(t *testing.T) {
				t.Parallel()
				r := underShell(t, path, script)
				r.says("ready")
				if strings.Contains(script, "&") {
					time.Sleep(11 * time.Second) // longer than a shell has for its trap
				}
				r.signal(syscall.SIGTERM)
				r.wantExit(0)
				if strings.Contains(r.stderr.String(), shellInTheWay) {
					t.Errorf("the log says that signals end at the shell:\n%s", r.stderr)
				}
			})
		}
	}
}

// TestShellInTheWayOfTheBackground: the shell has had its time to set a trap.
func TestShellInTheWayOfTheBackground(t *testing.T) {
	t.Parallel()
	r := underShell(t, []string{"/bin/sh"}, `"$0" "$@" & sleep 0.5; wait`)
	r.says("ready")
	if early := r.stderr.String(); strings.Contains(early, shellInTheWay) {
		t.Errorf("said before the script could set a trap:\n%s", early)
	}
	r.logs(shellInTheWay)
}
