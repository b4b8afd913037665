package observe

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRemedyFor(t *testing.T) {
	for err, want := range map[error]string{unix.ENOENT: loaded, unix.EPROTONOSUPPORT: allowed, unix.EPERM: allowed} {
		if got := remedyFor(fmt.Errorf("sock_diag: %w", err)); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}
