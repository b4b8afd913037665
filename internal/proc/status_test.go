package proc

import (
	"os"
	"reflect"
	"syscall"
	"testing"
)

func TestReadStatus(t *testing.T) {
	got, err := ReadStatus(start(t, "signals", nil))
	if err != nil {
		t.Fatal(err)
	}
	if got.UID != os.Geteuid() || !got.HasSignals {
		t.Errorf("status = %+v, want uid %d and signals", got, os.Geteuid())
	}
	for _, tt := range []struct {
		name string
		set  uint64
		sig  syscall.Signal
		want bool
	}{
		{"caught", got.Caught, syscall.SIGUSR1, true},
		{"caught", got.Caught, syscall.SIGHUP, false},
		{"ignored", got.Ignored, syscall.SIGHUP, true},
		{"ignored", got.Ignored, syscall.SIGUSR1, false},
		{"caught", got.Caught, syscall.SIGKILL, false},
	} {
		if in := tt.set>>(tt.sig-1)&1 == 1; in != tt.want {
			t.Errorf("%v %s = %v in %016x, want %v", tt.sig, tt.name, in, tt.set, tt.want)
		}
	}
}

func TestParseStatus(t *testing.T) {
	const linux = "Name:\ta\\nUid:\t9\t9\nState:\tS (sleeping)\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n" +
		"NSpid:\t812\t17\t1\nSigQ:\t0/96343\nSigPnd:\t00000000000000ff\nShdPnd:\t00000000000000ff\n" +
		"SigBlk:\t8000000000000000\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000004002\n"
	for _, tt := range []struct {
		name, in string
		want     Status
		err      string
	}{
		{"linux", linux, Status{"a\\nUid:\t9\t9", 2, []int{812, 17, 1}, 1 << 63, 1, 1<<1 | 1<<14, true}, ""},
		{"gvisor leaves out", "Name:\ta\nPid:\t1\nSeccomp:\t0\n", Status{Name: "a", UID: -1}, ""},
		{"no caught", "Uid:\t1\t2\nSigBlk:\t0\nSigIgn:\t0\n", Status{UID: 2}, ""},
		{"uid cut", "Uid:\t1\n", Status{}, "Uid"},
		{"uid no number", "Uid:\t1\tx\n", Status{}, "Uid"},
		{"mask too long", "SigCgt:\t10000000000000000\n", Status{}, "SigCgt"},
		{"pid no number", "NSpid:\t1\tx\n", Status{}, "NSpid"},
	} {
		got, err := parseStatus([]byte(tt.in))
		if !reflect.DeepEqual(got, tt.want) || !says(err, tt.err) {
			t.Errorf("%s: parseStatus = %+v, %v; want %+v, error with %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

func TestParseStatusHighestUID(t *testing.T) {
	got, err := parseStatus([]byte("Uid:\t0\t4294967294\n"))
	if uint32(got.UID) != 4294967294 || err != nil {
		t.Errorf("uid = %d, %v; want 4294967294", uint32(got.UID), err)
	}
	if got, err = parseStatus([]byte("Uid:\t0\t4294967296\n")); err == nil {
		t.Errorf("uid of 33 bits = %d, want an error", got.UID)
	}
}
