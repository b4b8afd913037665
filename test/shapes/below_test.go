package shapes_test

import (
	"os/exec"
	"testing"
	"time"
)

// TestBelowShell: drainit below a shell that is PID 1 and passes nothing on. It
// cannot help it, but it can tell.
func TestBelowShell(t *testing.T) {
	t.Parallel()
	tells := []string{`PID 1`, `\bexec\b`}
	rows(t, []shape{
		{
			name: "shell form", pid1: []string{"sh", "-c", `drainit --grace-period 3s -- nginx; true`}, shells: allShells,
			gets: "8080/big", up: "nginx", grace: 3 * time.Second, cut: true, status: "137", atMost: 3*time.Second + noise,
			says: tells, during: statusTells,
		},
		{
			name: "script without exec", pid1: []string{"/start.sh"}, files: map[string]string{"/start.sh": "#!/bin/sh\necho starting\ndrainit --grace-period 3s -- nginx\n"}, shells: allShells,
			gets: "8080/big", up: "nginx", grace: 3 * time.Second, cut: true, status: "137", atMost: 3*time.Second + noise,
			says: tells, during: statusTells,
		},
		{
			name: "script with exec", pid1: []string{"/start.sh"}, files: map[string]string{"/start.sh": "#!/bin/sh\necho starting\nexec drainit --grace-period 10s -- nginx\n"},
			gets: "8080/big", told: quit, program: "nginx", status: "0", never: tells,
		},
		{
			name: "below tini", pid1: []string{"/usr/bin/tini", "--", "drainit", "--grace-period", "10s", "--", "nginx"},
			gets: "8080/big", told: quit, program: "nginx", status: "0", never: tells,
		},
		{
			name: "below a shell that traps", pid1: []string{"sh", "-c", `trap 'kill $P' TERM; drainit --grace-period 10s -- nginx & P=$!; wait $P; wait $P`},
			gets: "8080/big", told: quit, program: "nginx", status: "0", never: tells,
		},
	})
}

// statusTells wants the same of ctl status.
func statusTells(c *container) {
	out, err := exec.Command("nsenter", "-t", itoa(c.cmd.Process.Pid), "-m", "-p", "-n", "-r", "/t/bin/drainit", "ctl", "status").CombinedOutput()
	if !matches(`PID 1`, string(out)) {
		c.t.Errorf("ctl status does not tell of PID 1: %v %s", err, out)
	}
}
