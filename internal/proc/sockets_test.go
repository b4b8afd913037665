package proc

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSocketInodes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	before, err := SocketInodes(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	var st unix.Stat_t
	raw, _ := l.(*net.TCPListener).SyscallConn()
	raw.Control(func(fd uintptr) { err = unix.Fstat(int(fd), &st) })
	if err != nil || !before[st.Ino] {
		t.Errorf("inodes %v, %v; want the listener's, %d, among them", before, err, st.Ino)
	}
	l.Close()
	after, err := SocketInodes(os.Getpid())
	if err != nil || after[st.Ino] {
		t.Errorf("inodes after close %v, %v; want %d gone", after, err, st.Ino)
	}
}

// A container's root usually has CAP_DAC_OVERRIDE, so that it may list the
// directory, but not CAP_SYS_PTRACE, so that it may not read the links.
func TestSocketInodesRefused(t *testing.T) {
	needCaps(t, unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_SYS_PTRACE)
	pid := start(t, "sleep", &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}})
	if _, err := SocketInodes(pid); err != nil {
		t.Fatalf("SocketInodes of another user with CAP_SYS_PTRACE: %v", err)
	}
	for name, drop := range map[string][]int{
		"listing allowed": {unix.CAP_SYS_PTRACE},
		"listing refused": {unix.CAP_SYS_PTRACE, unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH},
	} {
		t.Run(name, func(t *testing.T) {
			runtime.LockOSThread() // for good: the thread ends with the test
			dropCaps(t, drop...)
			inodes, err := SocketInodes(pid)
			if inodes != nil || !errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("SocketInodes of another user = %v, %v; want fs.ErrPermission", inodes, err)
			}
			if p, err := Stat(pid); err != nil || p.PID != pid {
				t.Errorf("Stat of another user = %+v, %v; want it readable", p, err)
			}
		})
	}
}

func BenchmarkSocketInodes(b *testing.B) {
	for range 1000 {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			b.Fatal(err)
		}
		defer unix.Close(fd)
	}
	for b.Loop() {
		if _, err := SocketInodes(os.Getpid()); err != nil {
			b.Fatal(err)
		}
	}
}
