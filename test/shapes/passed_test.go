package shapes_test

import (
	"io"
	"strings"
	"syscall"
	"testing"
)

// TestPassedOn: a signal that is no stop reaches who the log says it reaches, and
// a shell does not end by it where the server inside takes it.
func TestPassedOn(t *testing.T) {
	t.Parallel()
	rows(t, []shape{
		{
			name: "HUP reloads", script: `nginx; true`, shells: allShells, passed: syscall.SIGHUP,
			gets: "8080/big", told: map[string]string{"nginx": "HUP QUIT"}, program: "nginx", status: "0|143",
			says: []string{`SIGHUP passed on".* program=nginx`},
		},
		{
			name: "HUP reloads, and nothing follows", script: `nginx; mark next`, shells: allShells, passed: syscall.SIGHUP,
			gets: "8080/big", told: map[string]string{"nginx": "HUP QUIT"}, program: "nginx", status: "143",
		},
		{
			name: "USR1 reopens logs", script: `nginx; mark next`, shells: allShells, passed: syscall.SIGUSR1,
			gets: "8080/big", told: map[string]string{"nginx": "USR1 QUIT"}, program: "nginx", status: "143",
		},
		{
			name: "QUIT dumps threads", script: `java; mark next`, shells: allShells, passed: syscall.SIGQUIT,
			up: "java:ready", told: map[string]string{"java": "QUIT TERM"}, lines: "java done", status: "143", says: []string{"Full thread dump"},
		},
		{
			name: "HUP reloads a daemon beside tail", script: `nginx -c /etc/nginx/daemon.conf && tail -f /var/log/nginx/access.log`, passed: syscall.SIGHUP,
			gets: "8080/big", told: map[string]string{"nginx": "HUP QUIT"}, program: "nginx", status: "143",
		},
		{
			name: "HUP trap of a shell", script: `trap 'mark reload; kill -HUP $P' HUP; nginx & P=$!; while kill -0 $P; do wait $P; done`, shells: allShells, passed: syscall.SIGHUP,
			gets: "8080/big", told: map[string]string{"nginx": "HUP QUIT"}, lines: "reload ran", status: "0|143|1",
		},
		{
			name: "both PIDs in /drain", script: `nginx; mark next`, up: "nginx", during: bothPIDs,
			gets: "8080/big", told: quit, program: "nginx",
		},
	})
}

// bothPIDs wants the PIDs of the child and of the program in /drain.
func bothPIDs(c *container) {
	if !strings.Contains(c.read("init"), "drainit") {
		return
	}
	resp, err := c.get("10143/drain")
	if err != nil {
		c.t.Error(err)
		return
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(resp.Body)
	nginx := strings.TrimSpace(c.read("nginx.pid"))
	if !matches(`pid": ?`+nginx+`\b`, string(said)) {
		c.t.Errorf("/drain does not show nginx's PID, %s: %s", nginx, said)
	}
	if !matches(`(?s)"child".*"pid": ?\d`, string(said)) {
		c.t.Errorf("/drain does not show the child's PID: %s", said)
	}
}
