package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestClosedStandardError: whoever reads the log is gone. SIGPIPE neither ends
// drainit nor reaches the child.
func TestClosedStandardError(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	r := launch(t, spec{args: command([]string{"--drain-delay", "1s"}, role("signals")...), stderr: writer})
	writer.Close()
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.says("got 15.")
	r.wantExit(0)
	if strings.Contains(r.stdout.String(), "got 13.") {
		t.Errorf("drainit's own SIGPIPE reached the child: %q", r.stdout)
	}
}

// TestFullStandardError: nobody reads the log. It delays neither signal nor exit.
func TestFullStandardError(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	fd := int(writer.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = syscall.Write(fd, make([]byte, 4096))
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
	r := launch(t, spec{args: command(nil, role("wait", "0")...), stderr: writer})
	r.says("ready")
	begin := time.Now()
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v to stop", took)
	}
}

func TestSilentWhileRunning(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--grace-period", "30s"}, sh("exit 3")...)})
	r.wantExit(3)
	if r.stderr.String() != "" {
		t.Errorf("got %q on standard error, want nothing", r.stderr)
	}
}
