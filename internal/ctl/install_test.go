package ctl

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"drainit/internal/process"
)

func install(t *testing.T, dest string) said {
	t.Helper()
	return callCtl(t, elsewhere(), nil, "install", dest)
}

// wantCopy checks that file is this program, can be executed, and that nothing
// else was left beside it.
func wantCopy(t *testing.T, file string, mode os.FileMode) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got %d bytes, want the %d of this program", file, len(got), len(want))
	}
	if info, _ := os.Lstat(file); info.Mode() != mode {
		t.Errorf("%s: got mode %v, want %v", file, info.Mode(), mode)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".drainit-*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// ownMode is this program's mode as a copy has it.
func ownMode(t *testing.T) os.FileMode {
	t.Helper()
	info, err := os.Stat(process.RunningProgram)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm() | 0o555
}

func TestCtlInstall(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(sub, link); err != nil {
		t.Fatal(err)
	}
	for dest, file := range map[string]string{
		filepath.Join(dir, "init"):   filepath.Join(dir, "init"),
		dir:                          filepath.Join(dir, "drainit"),
		sub + "/":                    filepath.Join(sub, "drainit"),
		link:                         filepath.Join(sub, "drainit"),
		filepath.Join(sub, "../x//"): filepath.Join(dir, "x"),
	} {
		got := install(t, dest)
		written := strings.TrimSuffix(strings.TrimPrefix(got.stdout, "installed "), "\n")
		if got.status != 0 || got.stderr != "" || !sameFile(written, file) {
			t.Errorf("install %s: got %+v, want %s", dest, got, file)
		}
		wantCopy(t, file, ownMode(t))
	}
}

// A running copy is replaced, not written to: text file busy, ETXTBSY.
func TestCtlInstallReplaces(t *testing.T) {
	file := filepath.Join(t.TempDir(), "drainit")
	if err := os.WriteFile(file, []byte("old"), 0o400); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	for range 2 {
		if got := install(t, file); got != (said{0, "installed " + file + "\n", ""}) {
			t.Errorf("got %+v", got)
		}
		wantCopy(t, file, ownMode(t))
	}
	b := make([]byte, 10)
	if n, _ := old.Read(b); string(b[:n]) != "old" {
		t.Errorf("who has the old file open reads %q", b[:n])
	}
}

func TestCtlInstallMode(t *testing.T) {
	for source, want := range map[os.FileMode]os.FileMode{
		0o755: 0o755, 0o700: 0o755, 0o555: 0o555, 0o500: 0o555, 0o775: 0o775,
		0o755 | os.ModeSetuid: 0o755,
	} {
		dir := t.TempDir()
		name := filepath.Join(dir, "source")
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, source); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		copied := filepath.Join(dir, "copy")
		if err := installAt(f, copied); err != nil {
			t.Fatal(err)
		}
		if info, _ := os.Stat(copied); info.Mode() != want {
			t.Errorf("mode of a copy of %v: got %v, want %v", source, info.Mode(), want)
		}
	}
}

func TestCtlInstallRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for dest, want := range map[string]string{
		fifo:                     "install DIR/fifo: neither a file nor a directory, and left as it is; name a file, such as /shared/drainit",
		dir + "/missing/drainit": "install DIR/missing/drainit: no directory DIR/missing; mount the shared volume there",
		dir + "/missing/":        "install DIR/missing/drainit: no directory DIR/missing; mount the shared volume there",
		file + "/drainit":        "install DIR/file/drainit: not a directory: DIR/file; name a file in a directory",
	} {
		want = "drainit: " + strings.ReplaceAll(want, "DIR", dir) + "\n"
		if got := install(t, dest); got != (said{1, "", want}) {
			t.Errorf("install %s: got %+v, want %s", dest, got, want)
		}
	}
	if info, err := os.Lstat(fifo); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("the FIFO was replaced: %v, %v", info, err)
	}
	for errno, want := range map[syscall.Errno]string{
		syscall.EACCES: "permission denied for uid ", syscall.EROFS: "read-only file system; mount a volume",
		syscall.ENOSPC: "no space left on device; the volume needs",
	} {
		got := explainInstall(&os.PathError{Op: "open", Path: "/x/.drainit-1", Err: errno}, "/x/drainit").Error()
		if !strings.HasPrefix(got, want) || strings.Contains(got, ".drainit-1") {
			t.Errorf("%v: got %q, want %q and nothing of the other name", errno, got, want)
		}
	}
}

// A directory where the file should go, appearing late, is no reason to leave
// the copy behind.
func TestCtlInstallCleansUp(t *testing.T) {
	dir := t.TempDir()
	dest := filepath.Join(dir, "drainit")
	if err := os.MkdirAll(filepath.Join(dest, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(process.RunningProgram)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := installAt(f, dest); err == nil {
		t.Error("a directory was replaced")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".drainit-*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}
