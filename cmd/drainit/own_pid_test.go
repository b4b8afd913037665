package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drainit/internal/process"
)

// TestOwnPID: what tells drainit by its PID that sockets and a watchdog are for it tells the program, if it is for drainit.
func TestOwnPID(t *testing.T) {
	t.Parallel()
	const show = `echo "$$ $LISTEN_PID $WATCHDOG_PID $LISTEN_PIDFDID."; env | grep OWN_PARENT; exit 5`
	r := launch(t, spec{env: []string{"LISTEN_PID=1", "LISTEN_PIDFDID=7", "WATCHDOG_PID=1"}, args: command(nil, sh(show)...)})
	r.wantExit(5)
	if pid, rest, _ := strings.Cut(strings.TrimSpace(r.stdout.String()), " "); pid == "1" || rest != pid+" "+pid+" ." {
		t.Errorf("the program, %s, was told %q, want its own PID twice and no more", pid, rest)
	}
	r = launch(t, spec{env: []string{"LISTEN_PID=77", "LISTEN_PIDFDID=7"}, args: command(nil, sh(show)...)})
	r.wantExit(5)
	if out := r.stdout.String(); !strings.HasSuffix(out, " 77  7.\n") {
		t.Errorf("what is for another process became %q, want it as it was", out)
	}
}

// TestOwnPIDOfWhatCannotRun: files are judged there as elsewhere.
func TestOwnPIDOfWhatCannotRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text   string
		status int
	}{
		{"exit 6\n", 6}, // a script that does not say what runs it
		{"#!/no/such/interpreter\n", process.ExitNotFound},
		{"\x7fELF of another kind", process.ExitNoExec},
	} {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte(test.text), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, env := range [][]string{nil, {"LISTEN_PID=1"}} {
			launch(t, spec{env: env, args: command(nil, file)}).wantExit(test.status)
		}
	}
}

// TestOnExitInAContainer: there is no machine to power off.
func TestOnExitInAContainer(t *testing.T) {
	t.Parallel()
	for notInit, want := range map[bool]string{false: "it is PID 1 of a PID namespace", true: "it is PID "} {
		r := launch(t, spec{notInit: notInit, env: []string{"DRAINIT_ON_EXIT=poweroff"}, args: command(nil, sh("echo ran")...)})
		r.wantExit(process.ExitFailed)
		if err := r.stderr.String(); !strings.Contains(err, want) || !strings.Contains(err, "leave it out (DRAINIT_ON_EXIT)") || r.stdout.String() != "" {
			t.Errorf("as PID 1 %t: %q, want a refusal that says %q, and no program", !notInit, err, want)
		}
	}
}
