package proc

import (
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPIDNamespace(t *testing.T) {
	self, err := PIDNamespace(0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat("/proc/self/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	if want := info.Sys().(*syscall.Stat_t).Ino; self != want {
		t.Errorf("own PID namespace = %d, want %d", self, want)
	}
	child, err := PIDNamespace(start(t, "sleep", nil))
	if child != self || err != nil {
		t.Errorf("PID namespace of a child = %d, %v; want %d", child, err, self)
	}
	needCaps(t, unix.CAP_SYS_ADMIN)
	other, err := PIDNamespace(start(t, "sleep", &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}))
	if other == self || other == 0 || err != nil {
		t.Errorf("PID namespace of a child in a new one = %d, %v; want another than %d", other, err, self)
	}
}

func TestCheck(t *testing.T) {
	if err := Check(); err != nil {
		t.Errorf("Check = %v, want nil", err)
	}
}

func TestNumberIn(t *testing.T) {
	for _, tt := range []struct {
		link string
		want uint64
		ok   bool
	}{
		{"socket:[1]", 1, true},
		{"socket:[18446744073709551615]", 1<<64 - 1, true},
		{"socket:[18446744073709551616]", 0, false},
		{"socket:[]", 0, false},
		{"socket:[1", 0, false},
		{"socket:[-1]", 0, false},
		{"pipe:[1]", 0, false},
		{"/tmp/socket:[1]", 0, false},
		{"anon_inode:[eventpoll]", 0, false},
	} {
		got, ok := numberIn(tt.link, "socket")
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("numberIn(%q) = %d, %v; want %d, %v", tt.link, got, ok, tt.want, tt.ok)
		}
	}
}
