package conns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// imitate returns a socket whose kernel is answers: what to send, datagram by
// datagram, for each request. After the last it is silent. asked counts the
// requests so far; reading it waits until the socket is closed.
func imitate(t *testing.T, answers ...[][]byte) (s *socket, asked func() int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	s = newSocket(fds[0])
	if err := s.setPatience(); err != nil {
		t.Fatal(err)
	}
	requests := make(chan int, 1)
	go func() {
		defer unix.Close(fds[1])
		buf := make([]byte, 4096)
		for n := 0; ; n++ {
			size, err := unix.Read(fds[1], buf)
			for err == unix.EINTR {
				size, err = unix.Read(fds[1], buf)
			}
			if size <= 0 {
				requests <- n
				return
			}
			if n < len(answers) {
				for _, b := range answers[n] {
					unix.Write(fds[1], b)
				}
			}
		}
	}()
	return s, func() int { s.close(); return <-requests }
}

// native encodes an answer to request number seq of a new socket.
func native(seq uint32, kind, flags uint16, body []byte) []byte {
	return message(binary.NativeEndian, seq, kind, flags, body)
}

func nativeRow(seq uint32, r row) []byte {
	return native(seq, unix.SOCK_DIAG_BY_FAMILY, unix.NLM_F_MULTI, rowBody(binary.NativeEndian, r))
}

func nativeEnd(seq uint32, flags uint16, errno unix.Errno) []byte {
	return native(seq, unix.NLMSG_DONE, flags, errnoBody(binary.NativeEndian, errno))
}

func listener(r row) Listener {
	return Listener{r.local, r.uid, uint64(r.inode), r.rqueue, r.wqueue}
}

func TestSocketListeners(t *testing.T) {
	const changed = unix.NLM_F_DUMP_INTR
	established := row4
	established.state = 1
	for _, tt := range []struct {
		name    string
		answers [][][]byte
		want    []Listener
		err     error
		asked   int
	}{
		{"both families", [][][]byte{{nativeRow(1, row4), nativeEnd(1, 0, 0)}, {append(nativeRow(2, row6), nativeEnd(2, 0, 0)...)}},
			[]Listener{listener(row4), listener(row6)}, nil, 2},
		{"no IPv6", [][][]byte{{nativeRow(1, row4), nativeEnd(1, 0, 0)}, {nativeEnd(2, 0, unix.ENOENT)}},
			[]Listener{listener(row4)}, nil, 2},
		{"IPv6 refused", [][][]byte{{nativeEnd(1, 0, 0)}, {nativeEnd(2, 0, unix.EACCES)}}, nil, unix.EACCES, 2},
		{"no module", [][][]byte{{native(1, unix.NLMSG_ERROR, 0, errnoBody(binary.NativeEndian, unix.ENOENT))}}, nil, unix.ENOENT, 1},
		{"other states", [][][]byte{{nativeRow(1, established), nativeRow(1, row4), nativeEnd(1, 0, 0)}, {nativeEnd(2, 0, 0)}},
			[]Listener{listener(row4)}, nil, 2},
		{"changed once", [][][]byte{{nativeRow(1, row4), nativeEnd(1, changed, 0)}, {nativeRow(2, row4), nativeEnd(2, 0, 0)}, {nativeEnd(3, 0, 0)}},
			[]Listener{listener(row4)}, nil, 3},
		{"changed for ever", [][][]byte{{nativeEnd(1, changed, 0)}, {nativeEnd(2, changed, 0)}, {nativeEnd(3, changed, 0)}, {nativeEnd(4, 0, 0)}},
			nil, errChanged, 3},
		{"late answer to the first try", [][][]byte{{nativeEnd(1, changed, 0), nativeRow(1, row6)}, {nativeRow(2, row4), nativeEnd(2, 0, 0)}, {nativeEnd(3, 0, 0)}},
			[]Listener{listener(row4)}, nil, 3},
		{"silence", nil, nil, unix.ETIMEDOUT, 1},
		{"no end", [][][]byte{{nativeRow(1, row4)}}, nil, unix.ETIMEDOUT, 1},
		{"datagram too large", [][][]byte{{bytes.Repeat(nativeRow(1, row4), 1+bufferSize/len(nativeRow(1, row4)))}}, nil, errCut, 1},
	} {
		s, asked := imitate(t, tt.answers...)
		got, err := s.listeners(nil)
		if n := asked(); n != tt.asked {
			t.Errorf("%s: asked %d times, want %d", tt.name, n, tt.asked)
		}
		if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) || (err != nil) != (tt.err != nil) {
			t.Errorf("%s: %+v, %v; want %+v, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// Whoever learns the address of the socket can put nothing into it.
func TestNoForgery(t *testing.T) {
	s, err := openSocket()
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	name, err := unix.Getsockname(s.fd)
	if err != nil {
		t.Fatal(err)
	}
	forger, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(forger)
	if err := unix.Sendto(forger, nativeRow(1, row4), 0, name); err == nil {
		t.Error("another socket's message was taken, want it refused")
	}
	list, err := s.listeners(nil)
	if err != nil || slices.Contains(list, listener(row4)) {
		t.Errorf("%v, %v; want no forged row", list, err)
	}
}
