package front

import (
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func rawOf(t *testing.T, l net.Listener) syscall.RawConn {
	t.Helper()
	raw, err := l.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A listener on which connections are no longer begun keeps those that it has.
func TestDropSYN(t *testing.T) {
	l := listen(t)
	raw := rawOf(t, l)
	if queued(raw) {
		t.Error("one is queued before any was made")
	}
	c := dial(t, l.Addr().String())
	eventually(t, "one is queued", func() bool { return queued(raw) })
	if err := dropSYN(raw); err != nil {
		t.Fatal(err)
	}
	if _, err := net.DialTimeout("tcp", l.Addr().String(), 300*time.Millisecond); !isTimeout(err) {
		t.Errorf("connecting: %v, want that it takes long", err)
	}
	c.Write([]byte("bytes"))
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	server.SetDeadline(time.Now().Add(patience))
	expect(t, server, "bytes")
	if queued(raw) {
		t.Error("one is queued that was accepted")
	}
	unix, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	if err := dropSYN(rawOf(t, unix)); !errors.Is(err, syscall.ENOPROTOOPT) {
		t.Errorf("a unix socket: %v", err)
	}
}

// Closing waits for handshakes and until all is accepted, and not for ever.
func TestFinishWaits(t *testing.T) {
	l := &listener{Listener: listen(t)}
	began := time.Now()
	l.finish()
	if d := time.Since(began); d < settleListener {
		t.Errorf("an empty queue: closed after %v, want %v", d, settleListener)
	}
	l = &listener{Listener: listen(t)}
	dial(t, l.Addr().String())
	eventually(t, "one is queued", func() bool { return queued(rawOf(t, l.Listener)) })
	began = time.Now()
	l.finish()
	if d, least := time.Since(began), settleListener+emptyLooks*time.Millisecond; d < least {
		t.Errorf("nobody accepts: closed after %v, want %v", d, least)
	}
}

// A process that does not get a processor for longer than all of that takes accepts what
// is queued all the same.
func TestWaitEmptyWithoutAProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := 20
		waitEmpty(func() bool {
			time.Sleep(time.Second) // the processor is another's
			left--
			return left > 0
		})
		if left > 0 {
			t.Errorf("%d are left", left)
		}
	})
}

// A listener that fails is told of, one that is closed is not.
func TestFailedListenerIsTold(t *testing.T) {
	for _, fails := range []bool{false, true} {
		var log lines
		l := listen(t)
		f := New(Config{Routes: []Route{{Listener: l}}, Log: slog.New(slog.NewTextHandler(&log, nil))})
		f.Serve()
		if fails {
			l.Close()
			eventually(t, "it is told", func() bool {
				return strings.Contains(log.String(), `level=ERROR msg="front listener failed" address=`+l.Addr().String()+" error=")
			})
		}
		f.Close()
		if text := log.String(); !fails && text != "" {
			t.Errorf("log of one that was closed:\n%s", text)
		}
	}
}
