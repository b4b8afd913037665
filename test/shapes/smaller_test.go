package shapes_test

import (
	"testing"
	"time"
)

// TestSmaller: what else is a shape of processes.
func TestSmaller(t *testing.T) {
	t.Parallel()
	rows(t, []shape{
		{
			name: "two variables of one name", argv: []string{"cat", "/proc/self/environ"}, env: []string{"TWICE=one", "TWICE=two"}, ends: true,
			says: []string{"TWICE=one\x00", "TWICE=two\x00"}, status: "0",
		},
		{
			name: "no standard input and no /dev/null", pid1: []string{"sh", "-c", `rm /dev/null; exec drainit --grace-period 10s -- true <&-`}, ends: true,
			status: "2", says: []string{"standard file descriptor 0 closed, unable to open /dev/null"}, // by Go's runtime, before drainit begins
		},
		{
			name: "no standard output and no /dev/null", pid1: []string{"sh", "-c", `rm /dev/null; exec drainit --grace-period 10s -- true >&-`}, ends: true,
			status: "2", says: []string{"standard file descriptor 1 closed, unable to open /dev/null"},
		},
		{
			name: "trap exit around a sleep", script: `trap exit TERM; sleep infinity`, shells: allShells, grace: 5 * time.Second,
			up: "sleep", status: "0|137|143", never: []string{`remedy="a longer grace period, or find what the program still does"`},
		},
		{
			// As Docker gives it: root without CAP_SYS_PTRACE, which does not see what runs as another user then.
			name: "hidden processes", pid1: []string{"sh", "-c", `mount -o remount,hidepid=4,subset=pid /proc; exec setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace drainit --grace-period 10s -- gosu nobody sleep 1000`},
			up: "sleep", status: "143", says: []string{`level=WARN.*(/proc|hidepid)`},
		},
		{name: "background jobs end with the sweep", script: `trap '' TERM; sleep 1000 & trap - TERM; sleep 999; mark next`, shells: allShells, up: "sleep", status: "143", atMost: 2*time.Second + noise},
		{name: "nothing is waited for beyond the deadline", argv: []string{"serve"}, grace: 5 * time.Second, gets: "8080/20s", cut: true, told: term, status: "137", atLeast: 3900 * time.Millisecond, atMost: 4500 * time.Millisecond},
		{
			name: "nor in a shell", script: `serve; mark next`, shells: allShells, grace: 5 * time.Second, gets: "8080/20s", cut: true, told: term, status: "137",
			atLeast: 3900 * time.Millisecond, atMost: 4500 * time.Millisecond,
		},
		{
			name: "nor beside others", script: `serve & sleep 1000 & wait; mark next`, shells: allShells, grace: 5 * time.Second, gets: "8080/20s", cut: true, told: term, status: "137|143",
			atLeast: 2500 * time.Millisecond, atMost: 4500 * time.Millisecond,
		},
	})
}
