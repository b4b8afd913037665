package proc

import (
	"errors"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestKept: it says what the functions say.
func TestKept(t *testing.T) {
	pid := start(t, "named", &syscall.SysProcAttr{Setpgid: true}) // with a name that looks like fields
	c := exec.Command("sh", "-c", "sleep 60 & echo; wait")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL); _ = c.Wait() })
	out.Read(make([]byte, 1))
	var k Kept
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0") // the one before is closed by then
		if err != nil {
			t.Fatal(err)
		}
		all, err := All()
		if err != nil {
			t.Fatal(err)
		}
		var want []int
		for _, p := range Descendants(all, os.Getpid()) {
			want = append(want, p.PID)
		}
		got := slices.Sorted(slices.Values(k.Descendants(os.Getpid())))
		if slices.Sort(want); !slices.Equal(got, want) || len(got) < 3 || !slices.Contains(got, pid) {
			t.Errorf("descendants %v, want %v", got, want)
		}
		inodes, err := SocketInodes(os.Getpid())
		if err != nil || len(inodes) == 0 {
			t.Fatal(inodes, err)
		}
		if got, err := k.SocketInodes(os.Getpid()); err != nil || !maps.Equal(got, inodes) {
			t.Errorf("sockets %v, %v; want %v", got, err, inodes)
		}
		l.Close()
	}
}

func TestKeptOfWhatIsGone(t *testing.T) {
	cmd := exec.Command("/bin/true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	var k Kept
	if inodes, err := k.SocketInodes(cmd.Process.Pid); inodes != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, %v; want fs.ErrNotExist", inodes, err)
	}
	if pids := k.Descendants(cmd.Process.Pid); len(pids) > 0 {
		t.Errorf("%v descend from what is gone", pids)
	}
}

func TestKeptRefused(t *testing.T) {
	needCaps(t, unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_SYS_PTRACE)
	pid := start(t, "sleep", &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}})
	zombie := start(t, "exit", &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}})
	for p, err := Stat(zombie); p.State != 'Z'; p, err = Stat(zombie) {
		if err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	runtime.LockOSThread() // for good: the thread ends with the test
	dropCaps(t, unix.CAP_SYS_PTRACE)
	var k Kept
	if inodes, err := k.SocketInodes(pid); inodes != nil || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("of another user %v, %v; want fs.ErrPermission", inodes, err)
	}
	if inodes, err := k.SocketInodes(zombie); len(inodes) != 0 || err != nil {
		t.Errorf("of a zombie %v, %v; want none", inodes, err)
	}
}

func TestKeptMakesNoGarbage(t *testing.T) {
	var k Kept
	look := func() {
		k.Descendants(os.Getppid())
		if _, err := k.SocketInodes(os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if n := testing.AllocsPerRun(20, look); n != 0 {
		t.Errorf("%v allocations for a look, want none", n)
	}
}
