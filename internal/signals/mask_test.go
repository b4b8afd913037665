package signals

import (
	"slices"
	"syscall"
	"testing"
)

func TestMaskBits(t *testing.T) {
	for sig := Signal(1); sig <= 64; sig++ {
		m := Mask(1) << (sig - 1) // proc_pid_status(5)
		if got := MaskOf(sig); got != m {
			t.Errorf("MaskOf(%d) = %x, want %x", int(sig), uint64(got), uint64(m))
		}
		for other := Signal(-1); other <= 66; other++ {
			if got := m.Has(other); got != (other == sig) {
				t.Errorf("Mask of %d: Has(%d) = %v", int(sig), int(other), got)
			}
		}
	}
	if got := MaskOf(0, -1, 65, 1000); got != 0 {
		t.Errorf("MaskOf of no signals = %x, want 0", uint64(got))
	}
}

// nginx's SigCgt as a kernel showed it.
func TestMaskOfNginx(t *testing.T) {
	want := []Signal{1, 2, 3, 10, 12, 14, 15, 17, 28, 29}
	if got := Mask(0x18016a07).Signals(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !Mask(0x18016a07).Has(syscall.SIGQUIT) {
		t.Error("SIGQUIT is missing")
	}
}
