package conns

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// orders are both kinds of machine, whichever runs the test.
var orders = []binary.ByteOrder{binary.LittleEndian, binary.BigEndian}

// message encodes one netlink message, padded as the kernel pads it.
func message(order binary.ByteOrder, seq uint32, kind, flags uint16, body []byte) []byte {
	b := make([]byte, unix.SizeofNlMsghdr, align(unix.SizeofNlMsghdr+len(body)))
	order.PutUint32(b, uint32(unix.SizeofNlMsghdr+len(body)))
	order.PutUint16(b[4:], kind)
	order.PutUint16(b[6:], flags)
	order.PutUint32(b[8:], seq)
	return append(b, body...)[:cap(b)]
}

// rowBody encodes struct inet_diag_msg.
func rowBody(order binary.ByteOrder, r row) []byte {
	b := make([]byte, sizeofRow)
	b[0], b[1] = r.family, r.state
	binary.BigEndian.PutUint16(b[localPort:], r.local.Port())
	copy(b[localAddr:], r.local.Addr().AsSlice())
	order.PutUint32(b[cookie:], uint32(r.cookie))
	order.PutUint32(b[cookie+4:], uint32(r.cookie>>32))
	for i, n := range []uint32{r.rqueue, r.wqueue, r.uid, r.inode} {
		order.PutUint32(b[queues+4*i:], n)
	}
	return b
}

func errnoBody(order binary.ByteOrder, errno unix.Errno) []byte {
	b := make([]byte, sizeofErrno)
	order.PutUint32(b, uint32(-int32(errno)))
	return b
}

var (
	row4 = row{family: unix.AF_INET, state: tcpListen, local: netip.MustParseAddrPort("10.1.2.3:8080"), rqueue: 3, wqueue: 4096, uid: 1000, inode: 70000, cookie: 5<<32 | 6}
	row6 = row{family: unix.AF_INET6, state: tcpListen, local: netip.MustParseAddrPort("[fd00::1]:443"), wqueue: 128, inode: 1 << 31}
)

func TestRequest(t *testing.T) {
	// What `ss -ltn` of iproute2 writes on amd64, but for the sequence number
	// and the state TCP_CLOSE, for which it asks as well.
	want, _ := hex.DecodeString("48000000" + "1400" + "0103" + "07000000" + "00000000" +
		"02060000" + "00040000" + strings.Repeat("00", 48))
	if got := appendRequest(nil, binary.LittleEndian, 7, request{family: unix.AF_INET, states: 1 << tcpListen}); !bytes.Equal(got, want) {
		t.Errorf("request %x, want %x", got, want)
	}
	want, _ = hex.DecodeString("00000048" + "0014" + "0301" + "00000007" + "00000000" +
		"0a060000" + "00000400" + strings.Repeat("00", 48))
	if got := appendRequest(nil, binary.BigEndian, 7, request{family: unix.AF_INET6, states: 1 << tcpListen}); !bytes.Equal(got, want) {
		t.Errorf("big-endian request %x, want %x", got, want)
	}
	// What `ss -tni sport = :8080` of iproute2 would write if it left the port to
	// the kernel: states ESTABLISHED, with INET_DIAG_INFO.
	want, _ = hex.DecodeString("48000000" + "1400" + "0103" + "07000000" + "00000000" +
		"02060200" + "02000000" + "1f90" + strings.Repeat("00", 46))
	if got := appendRequest(nil, binary.LittleEndian, 7, request{unix.AF_INET, 1 << tcpEstablished, 8080, true}); !bytes.Equal(got, want) {
		t.Errorf("request with port and info %x, want %x", got, want)
	}
}

func TestParseRow(t *testing.T) {
	// struct inet_diag_msg of a listener on 127.0.0.1:8080 with one
	// connection to accept of at most 128, made by uid 65534, on amd64.
	b, _ := hex.DecodeString("020a0000" +
		"1f90" + "0000" + "7f000001" + strings.Repeat("00", 12) + strings.Repeat("00", 16) + "00000000" + "0110000000000000" +
		"00000000" + "01000000" + "80000000" + "feff0000" + "45230100")
	want := row{family: unix.AF_INET, state: 10, local: netip.MustParseAddrPort("127.0.0.1:8080"), rqueue: 1, wqueue: 128, uid: 65534, inode: 0x12345, cookie: 0x1001}
	if got, err := parseRow(binary.LittleEndian, b); got != want || err != nil {
		t.Errorf("row %+v, %v; want %+v", got, err, want)
	}
}

func TestParseDatagram(t *testing.T) {
	for _, order := range orders {
		rowOf := func(r row) []byte {
			return message(order, 7, unix.SOCK_DIAG_BY_FAMILY, unix.NLM_F_MULTI, rowBody(order, r))
		}
		end := func(flags uint16, errno unix.Errno) []byte {
			return message(order, 7, unix.NLMSG_DONE, flags, errnoBody(order, errno))
		}
		withAttributes := message(order, 7, unix.SOCK_DIAG_BY_FAMILY, 0, append(rowBody(order, row4), 5, 0, 8, 0, 0xff))
		tooLong := rowOf(row4)
		order.PutUint32(tooLong, uint32(len(tooLong)+1))
		tooShort := rowOf(row4)
		order.PutUint32(tooShort, unix.SizeofNlMsghdr-1)
		huge := rowOf(row4)
		order.PutUint32(huge, 1<<32-1)
		for _, tt := range []struct {
			name  string
			parts [][]byte
			rows  []row
			want  answer
			err   error
		}{
			{"empty", nil, nil, answer{}, nil},
			{"rows, more to come", [][]byte{rowOf(row4), rowOf(row6)}, []row{row4, row6}, answer{}, nil},
			{"end", [][]byte{end(0, 0)}, nil, answer{done: true}, nil},
			{"end without errno", [][]byte{message(order, 7, unix.NLMSG_DONE, 0, nil)}, nil, answer{done: true}, nil},
			{"row and end", [][]byte{rowOf(row6), end(0, 0)}, []row{row6}, answer{done: true}, nil},
			{"attributes and padding", [][]byte{withAttributes, rowOf(row6)}, []row{row4, row6}, answer{}, nil},
			{"nothing after the end", [][]byte{end(0, 0), rowOf(row6)}, nil, answer{done: true}, nil},
			{"no module", [][]byte{end(0, unix.ENOENT)}, nil, answer{done: true}, unix.ENOENT},
			{"refused", [][]byte{message(order, 7, unix.NLMSG_ERROR, 0, errnoBody(order, unix.EPERM))}, nil, answer{}, unix.EPERM},
			{"acknowledged", [][]byte{message(order, 7, unix.NLMSG_ERROR, 0, errnoBody(order, 0))}, nil, answer{}, nil},
			{"changed, said by a row", [][]byte{message(order, 7, unix.SOCK_DIAG_BY_FAMILY, unix.NLM_F_DUMP_INTR, rowBody(order, row4)), end(0, 0)},
				[]row{row4}, answer{done: true, interrupted: true}, nil},
			{"changed, said at the end", [][]byte{end(unix.NLM_F_DUMP_INTR, 0)}, nil, answer{done: true, interrupted: true}, nil},
			{"answer to another request", [][]byte{message(order, 6, unix.NLMSG_DONE, unix.NLM_F_DUMP_INTR, errnoBody(order, unix.EPERM)), rowOf(row4)},
				[]row{row4}, answer{}, nil},
			{"unknown kind", [][]byte{message(order, 7, 99, 0, []byte("?")), rowOf(row4)}, []row{row4}, answer{}, nil},
			{"no operation", [][]byte{message(order, 7, unix.NLMSG_NOOP, 0, nil), rowOf(row4)}, []row{row4}, answer{}, nil},
			{"half a header", [][]byte{rowOf(row4), rowOf(row6)[:15]}, []row{row4}, answer{}, errCut},
			{"half a row", [][]byte{rowOf(row4)[:60]}, nil, answer{}, errCut},
			{"short row", [][]byte{message(order, 7, unix.SOCK_DIAG_BY_FAMILY, 0, rowBody(order, row4)[:sizeofRow-1])}, nil, answer{}, errCut},
			{"longer than the rest", [][]byte{tooLong}, nil, answer{}, errCut},
			{"shorter than its header", [][]byte{tooShort}, nil, answer{}, errCut},
			{"longer than int", [][]byte{huge}, nil, answer{}, errCut},
		} {
			var rows []row
			got, err := parseDatagram(order, bytes.Join(tt.parts, nil), 7, func(r row) { rows = append(rows, r) })
			if got != tt.want || !slices.Equal(rows, tt.rows) || !errors.Is(err, tt.err) || (err != nil) != (tt.err != nil) {
				t.Errorf("%v, %s: %+v, %+v, %v; want %+v, %+v, %v", order, tt.name, got, rows, err, tt.want, tt.rows, tt.err)
			}
		}
		for _, tt := range []struct {
			name string
			b    []byte
			text string
		}{
			{"overrun", message(order, 7, unix.NLMSG_OVERRUN, 0, nil), "lost"},
			{"family", rowOf(row{family: 99, state: tcpListen, local: row4.local}), "family 99"},
		} {
			if _, err := parseDatagram(order, tt.b, 7, func(row) {}); err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%v, %s: error %v, want one that says %q", order, tt.name, err, tt.text)
			}
		}
	}
}

// FuzzParseDatagram: whatever comes, parsing ends, stays inside and makes no
// more rows than there are bytes for.
func FuzzParseDatagram(f *testing.F) {
	for _, order := range orders {
		f.Add(message(order, 7, unix.SOCK_DIAG_BY_FAMILY, 0, rowBody(order, row6)))
		f.Add(append(message(order, 7, unix.SOCK_DIAG_BY_FAMILY, 2, rowBody(order, row4)),
			message(order, 7, unix.NLMSG_DONE, 0, errnoBody(order, 0))...))
		f.Add(message(order, 7, unix.NLMSG_ERROR, 0, errnoBody(order, unix.ENOENT)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, order := range orders {
			rows := 0
			_, err := parseDatagram(order, slices.Clip(b), 7, func(r row) {
				rows++
				if !r.local.IsValid() || r.local.Addr().Is4In6() {
					t.Errorf("address %v", r.local)
				}
			})
			if rows*(unix.SizeofNlMsghdr+sizeofRow) > len(b) {
				t.Errorf("%d rows in %d bytes", rows, len(b))
			}
			if errno, ok := err.(unix.Errno); ok && errno == 0 {
				t.Error("error 0")
			}
		}
	})
}
