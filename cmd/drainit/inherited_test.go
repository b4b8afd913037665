package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// TestSignalStateOfTheChild: ignored signals get their default disposition
// whoever ignored them, and the mask is kept but for those Go's runtime
// unblocks before main.
func TestSignalStateOfTheChild(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"off", testkit.FreeAddr(t)} {
		r := launch(t, spec{
			args:    command([]string{"--probe-addr", addr}, "/bin/cat", "/proc/self/status"),
			prepare: "ignore=1,2,3,10,13,17,20,21,22,25,34,40 block=10,12,22,35,64",
		})
		r.wantExit(0)
		for key, want := range map[string]uint64{
			"SigIgn": 0,
			"SigCgt": 0,
			"SigBlk": bits(10, 12, 22, 35, 64),
		} {
			var got uint64
			for line := range strings.Lines(r.stdout.String()) {
				if value, ok := strings.CutPrefix(line, key+":"); ok {
					_, _ = fmt.Sscanf(strings.TrimSpace(value), "%x", &got)
				}
			}
			if got != want {
				t.Errorf("%s of the child: got %016x, want %016x", key, got, want)
			}
		}
	}
}

func bits(signals ...int) (mask uint64) {
	for _, n := range signals {
		mask |= 1 << (n - 1)
	}
	return mask
}

func TestOpenFilesLimitOfTheChild(t *testing.T) {
	t.Parallel()
	hard := min(rlimit(t).Max, 4096)
	r := launch(t, spec{args: command(nil, sh("ulimit -Sn; ulimit -Hn")...), prepare: fmt.Sprintf("nofile=777,%d", hard)})
	r.wantExit(0)
	if got, want := r.stdout.String(), fmt.Sprintf("777\n%d\n", hard); got != want {
		t.Errorf("got limits %q, want %q", got, want)
	}
}

// TestRuntimeVariables: what tunes Go programs reaches the child unchanged, in
// place, and does nothing to drainit.
func TestRuntimeVariables(t *testing.T) {
	t.Parallel()
	env := []string{"GOGC=off", "GOMEMLIMIT=900MiB", "GODEBUG=schedtrace=100", "GOTRACEBACK=crash", "GOMAXPROCS=7"}
	r := launch(t, spec{args: command(nil, sh("sleep 3; env")...), env: env})
	r.wantExit(0)
	for _, want := range env {
		if !strings.Contains(r.stdout.String(), want+"\n") {
			t.Errorf("the child's environment lacks %s", want)
		}
	}
	if strings.Contains(r.stdout.String(), "_DRAINIT_KEEP_") {
		t.Errorf("drainit's own variable reached the child: %s", r.stdout)
	}
	// The namespace helper is a Go program too, and drainit until it has set
	// the variables aside: a few lines, and not one every 100 ms.
	if got := strings.Count(r.stderr.String(), "SCHED "); got > 10 {
		t.Errorf("drainit was tuned as well: %d lines of its scheduler", got)
	}
}

func TestDescriptorsAndWorkingDirectory(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := launch(t, spec{
		args:  command(nil, sh("echo inherited >&3; exec 3>&-; pwd; sleep 1000")...),
		files: []*os.File{writer}, dir: dir,
	})
	writer.Close()
	// End of file comes once the child has closed its copy: drainit has none.
	got := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(reader)
		got <- string(b)
	}()
	select {
	case text := <-got:
		if text != "inherited\n" {
			t.Errorf("got %q through descriptor 3", text)
		}
	case <-time.After(testkit.Patience):
		t.Error("drainit keeps an inherited descriptor open")
	}
	r.says(dir)
	if cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", r.cmd.Process.Pid)); err != nil || cwd != "/" {
		t.Errorf("drainit's own working directory: got %q, %v; want /", cwd, err)
	}
}

// TestVariableTwice: of two variables with one name the program gets both, as under
// tini, also where drainit executes itself again.
func TestVariableTwice(t *testing.T) {
	t.Parallel()
	for _, more := range []string{"NOTHING=1", "GODEBUG=http2client=0"} {
		r := launch(t, spec{args: command(nil, "/bin/cat", "/proc/self/environ"), env: []string{"TWICE=first", more}})
		r.wantExit(0)
		got := r.stdout.String()
		if strings.Count(got, "TWICE=") != 2 || !strings.Contains(got, more+"\x00") || !strings.HasSuffix(got, "\x00TWICE=second\x00") {
			t.Errorf("%s: the child got %q, want TWICE=first, %s and TWICE=second", more, got, more)
		}
	}
}

// TestMalformedRuntimeVariables: what the manual says of them. Nothing of ours
// has begun when Go's runtime gives up.
func TestMalformedRuntimeVariables(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]struct {
		status int
		stderr string
	}{
		"GOGC=lots":        {3, ""},
		"GOMEMLIMIT=512Mi": {2, "GOMEMLIMIT=512Mi\nfatal error: malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`\n"},
	} {
		cmd := exec.CommandContext(t.Context(), binary, append([]string{"--probe-addr", "off"}, sh("exit 3")...)...)
		cmd.Env = append(os.Environ(), variable)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != want.status || !strings.HasPrefix(stderr.String(), want.stderr) {
			t.Errorf("%s: got status %d, stderr %q; want %d and %q", variable, got, stderr.String(), want.status, want.stderr)
		}
	}
}

func TestStandardInputPasses(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command(nil, "/bin/sh"), stdin: bytes.NewBufferString("exit 9\n")})
	r.wantExit(9)
}
