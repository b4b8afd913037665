package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/testkit"
)

// ends returns both ends of what standard input may be: the program's, and the client's.
func ends(t *testing.T, kind string) (theirs, client int) {
	t.Helper()
	var pair [2]int
	var err error
	if kind == "socket" {
		pair, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	} else {
		err = unix.Pipe2(pair[:], unix.O_CLOEXEC)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(pair[0]) })
	return pair[0], pair[1]
}

func happened(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// TestHangup: it is the other end's close, not what comes through, and what came before
// has been read first.
func TestHangup(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"pipe", "socket"} {
		theirs, client := ends(t, kind)
		hungUp, err := Hangup(theirs)
		if err != nil {
			t.Fatal(kind, err)
		}
		if _, err := unix.Write(client, make([]byte, 3000)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		if happened(hungUp) {
			t.Errorf("%s: hung up by what was written", kind)
		}
		unix.Close(client)
		buf := make([]byte, 1000)
		for range 3 { // somebody reads, slowly
			time.Sleep(unreadPatience / 2)
			if happened(hungUp) {
				t.Errorf("%s: hung up while the program still reads", kind)
			}
			if n, err := unix.Read(theirs, buf); n != 1000 || err != nil {
				t.Errorf("%s: read %d, %v; want what was written", kind, n, err)
			}
		}
		testkit.Soon(t, kind+" is hung up", func() bool { return happened(hungUp) })
	}
}

// TestHangupUnread: what nobody reads keeps nobody.
func TestHangupUnread(t *testing.T) {
	t.Parallel()
	theirs, client := ends(t, "pipe")
	hungUp, err := Hangup(theirs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Write(client, []byte("x")); err != nil {
		t.Fatal(err)
	}
	unix.Close(client)
	testkit.Soon(t, "hung up", func() bool { return happened(hungUp) })
}

// TestNoHangup: what cannot hang up is refused, and what has.
func TestNoHangup(t *testing.T) {
	t.Parallel()
	theirs, client := ends(t, "pipe")
	unix.Close(client)
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for name, tt := range map[string]struct {
		fd   int
		want string
	}{
		"ended": {theirs, "ended already"}, "file": {int(file.Fd()), "no pipe"}, "/dev/null": {int(null.Fd()), "no pipe"},
	} {
		if _, err := Hangup(tt.fd); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}
