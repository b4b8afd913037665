package proc

import (
	"testing"

	"golang.org/x/sys/unix"
)

// capabilities of the calling thread, those below 32.
func capabilities(t *testing.T) (*unix.CapUserHeader, *[2]unix.CapUserData) {
	t.Helper()
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&hdr, &data[0]); err != nil {
		t.Fatal(err)
	}
	return &hdr, &data
}

// needCaps skips the test where one of caps is missing.
func needCaps(t *testing.T, caps ...int) {
	t.Helper()
	_, data := capabilities(t)
	for _, c := range caps {
		if data[0].Effective>>c&1 == 0 {
			t.Skipf("needs root with capability %d, capabilities(7)", c)
		}
	}
}

// dropCaps takes caps from the calling thread, whether or not it has them.
func dropCaps(t *testing.T, caps ...int) {
	t.Helper()
	hdr, data := capabilities(t)
	for _, c := range caps {
		data[0].Effective &^= 1 << c
	}
	if err := unix.Capset(hdr, &data[0]); err != nil {
		t.Fatal(err)
	}
}
