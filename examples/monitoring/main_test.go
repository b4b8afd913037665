// Package monitoring_test tries the rules, the dashboard and the count of drain
// reports with a real Prometheus and mtail, out of a Debian root that is kept under
// .cache, on real drainits that are stopped.
package monitoring_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drainit/test/debianroot"
)

// top is the top of the checkout, seen from this package's directory.
const top = "../.."

// patience bounds whatever a test waits for; it is no assertion about time.
const patience = time.Minute

var bin string // where drainit and the example server are

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "drainit-monitoring")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = dir
	for _, command := range []string{"./cmd/drainit", "./examples/server"} {
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "nethttpomithttp2,purego",
			"-ldflags", "-s -w -X drainit/internal/version.Version=test", "-o", filepath.Join(bin, filepath.Base(command)), command)
		cmd.Dir, cmd.Env = top, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n%s", command, err, out)
			return 1
		}
	}
	return m.Run()
}

// debian is a Debian root with Prometheus and mtail in it.
var debian = sync.OnceValues(func() (string, error) { return debianroot.Unpacked(top, "@tools") })

// A box is a directory of a test's own in the Debian root.
type box struct {
	t    *testing.T
	root string
	path string // as commands in the root see it
}

// newBox makes one, or skips where there is no root and none can be made. The
// reasons are in no list of those allowed (test/skips.txt): CI runs as root.
func newBox(t *testing.T) box {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("containers: a Debian root takes root")
	}
	if _, err := exec.LookPath("debootstrap"); err != nil {
		t.Skip("containers: a Debian root takes debootstrap")
	}
	root, err := debian()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(filepath.Join(root, "tmp"), "monitoring")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return box{t, root, strings.TrimPrefix(dir, root)}
}

// file is where a file of the box is, for this process.
func (b box) file(name string) string { return filepath.Join(b.root, b.path, name) }

func (b box) write(name, text string) {
	b.t.Helper()
	if err := os.MkdirAll(filepath.Dir(b.file(name)), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(b.file(name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// copy puts files of the example into the box.
func (b box) copy(to string, names ...string) {
	b.t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			b.t.Fatal(err)
		}
		b.write(filepath.Join(to, name), string(text))
	}
}

// command is one that runs in the root, with the box as its working directory.
func (b box) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("/usr/bin/"+name, args...)
	cmd.Dir = b.path
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "TMPDIR=") }) // which is not in the root
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: b.root, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// start starts a command that the test's end ends.
func (b box) start(cmd *exec.Cmd) {
	b.t.Helper()
	if err := cmd.Start(); err != nil {
		b.t.Fatalf("%v: %v", cmd, err)
	}
	b.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// soon waits for a fact.
func soon(t *testing.T, what string, fact func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); !fact(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}
