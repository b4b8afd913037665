package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func sh(script string) []string { return []string{"/bin/sh", "-c", script} }

func TestEveryExitStatusPassesThrough(t *testing.T) {
	t.Parallel()
	for status := range 256 {
		r := launch(t, spec{args: command(nil, sh(fmt.Sprintf("exit %d", status))...)})
		r.wantExit(status)
	}
}

// TestEveryDeathBySignal covers all signals whose default is to end a process.
func TestEveryDeathBySignal(t *testing.T) {
	t.Parallel()
	harmless := map[syscall.Signal]bool{
		syscall.SIGCHLD: true, syscall.SIGCONT: true, syscall.SIGURG: true, syscall.SIGWINCH: true,
		syscall.SIGSTOP: true, syscall.SIGTSTP: true, syscall.SIGTTIN: true, syscall.SIGTTOU: true,
	}
	for n := syscall.Signal(1); n <= 64; n++ {
		if harmless[n] {
			continue
		}
		r := launch(t, spec{args: command(nil, sh(fmt.Sprintf("ulimit -c 0; kill -%d $$; sleep 10", n))...)})
		r.wantExit(128 + int(n))
	}
}

func TestCommandThatCannotRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name    string
		command []string
		want    int
	}{
		{"not on PATH", []string{"no-such-program"}, 127},
		{"no such file", []string{"/no/such/program"}, 127},
		{"empty", []string{""}, 127},
		{"a directory", []string{dir}, 126},
		{"not executable", []string{write("plain", "#!/bin/sh\n", 0o644)}, 126},
		{"interpreter missing", []string{write("orphan", "#!/no/such/interpreter\n", 0o755)}, 127},
		{"below a file", []string{write("file", "", 0o644) + "/x"}, 127},
		{"another architecture's binary", []string{write("foreign", "\x7fELF\x00garbage", 0o755)}, 126},
		{"script without #!, as execvp(3) runs it", []string{write("script", "exit 11\n", 0o755)}, 11},
	} {
		r := launch(t, spec{args: command(nil, c.command...)})
		if got := r.exit(); got != c.want {
			t.Errorf("%s: got exit status %d, want %d; stderr %q", c.name, got, c.want, r.stderr)
		}
		if c.want >= 125 && !strings.HasPrefix(r.stderr.String(), "drainit: ") {
			t.Errorf("%s: nobody says why: stderr %q", c.name, r.stderr)
		}
	}
}

func TestPathLookup(t *testing.T) {
	t.Parallel()
	denied, good := t.TempDir(), t.TempDir()
	if err := os.WriteFile(denied+"/prog", []byte("#!/bin/sh\nexit 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(good+"/prog", []byte("#!/bin/sh\nexit 12\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		denied + ":" + good:          12, // what may not be executed is passed over
		denied:                       126,
		"/nowhere:" + good + "/prog": 127,
		"":                           12, // an empty entry is the working directory
	} {
		r := launch(t, spec{args: command(nil, "prog"), env: []string{"PATH=" + path}, dir: good})
		if got := r.exit(); got != want {
			t.Errorf("PATH=%q: got exit status %d, want %d; stderr %q", path, got, want, r.stderr)
		}
	}
}

func TestBadSettingsEndBeforeTheChild(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{
		args: command([]string{"--grace-period", "10s", "--drain-delay", "9s", "--sweep", "x"}, "/bin/sh", "-c", "echo started"),
		env:  []string{"DRAINIT_STOP_SIGNAL=SIGNONE"},
	})
	r.wantExit(125)
	for _, words := range []string{"--drain-delay", "--sweep", "DRAINIT_STOP_SIGNAL"} {
		if !strings.Contains(r.stderr.String(), words) {
			t.Errorf("stderr does not name %s: %q", words, r.stderr)
		}
	}
	if r.stdout.String() != "" {
		t.Errorf("the child ran: %q", r.stdout)
	}
}

func TestRemapExit(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--remap-exit", "143=0,3=4"}, sh("kill -TERM $$")...)})
	r.wantExit(0)
	r = launch(t, spec{args: command([]string{"--remap-exit", "143=0,3=4"}, sh("exit 3")...)})
	r.wantExit(4)
}
