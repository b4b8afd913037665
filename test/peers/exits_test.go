package peers_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestExitStatuses(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, 1, 2, 32, 64, 127, 254, 255} {
		for _, adopted := range []bool{false, true} {
			compare(t, func(a *attempt) {
				a.start(spec{adopted: adopted, command: sh(fmt.Sprintf("exit %d", status))}).wantExit(status)
			})
		}
	}
}

func TestChildEndedByItself(t *testing.T) {
	t.Parallel()
	for _, sig := range []int{1, 2, 3, 6, 9, 11, 14, 15, 35, 64} {
		compare(t, func(a *attempt) {
			a.start(spec{command: sh(fmt.Sprintf("ulimit -c 0; kill -%d $$; sleep 10", sig))}).wantExit(128 + sig)
		})
	}
}

func TestCommandThatCannotRun(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		a.start(spec{env: []string{"PATH=/usr/bin:/bin"}, command: []string{"zzzz"}}).wantExit(127)
	})
	compare(t, func(a *attempt) { a.start(spec{command: []string{"/no/such/program"}}).wantExit(127) })
	compare(t, func(a *attempt) {
		path := script(a, "#!/bin/sh\n")
		if err := os.Chmod(path, 0o644); err != nil {
			a.fail("%v", err)
		}
		a.start(spec{command: []string{path}}).wantExit(126)
	})
	compare(t, func(a *attempt) { a.start(spec{command: []string{a.t.TempDir()}}).wantExit(126) })
	compare(t, func(a *attempt) { a.start(spec{command: []string{script(a, "exit 11\n")}}).wantExit(11) })
}

// TestStandardInput passes it, as it is, to the child.
func TestStandardInput(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		a.start(spec{command: []string{"/bin/sh"}, stdin: strings.NewReader("exit 9\n")}).wantExit(9)
	})
}

// TestWorkingDirectory: the child keeps it, the init pins none.
func TestWorkingDirectory(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		dir := a.t.TempDir()
		p := a.start(spec{dir: dir, command: sh("pwd; exec sleep 1000")})
		p.says(dir + "\n")
		p.below("sleep 1000")
		a.soon("the init's own directory is /", func() bool { // which it goes to after the start
			cwd, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", p.pid))
			return cwd == "/"
		})
	})
}
