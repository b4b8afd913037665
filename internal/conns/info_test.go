package conns

import (
	"encoding/binary"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestInfoOffsets(t *testing.T) {
	var i unix.TCPInfo
	for _, tt := range []struct {
		name      string
		got, want uintptr
	}{
		{"unacked", infoUnacked, unsafe.Offsetof(i.Unacked)},
		{"last_data_sent", infoLastDataSent, unsafe.Offsetof(i.Last_data_sent)},
		{"last_data_recv", infoLastDataRecv, unsafe.Offsetof(i.Last_data_recv)},
		{"bytes_received", infoReceived, unsafe.Offsetof(i.Bytes_received)},
		{"notsent_bytes", infoNotSent, unsafe.Offsetof(i.Notsent_bytes)},
		{"bytes_sent", infoSent, unsafe.Offsetof(i.Bytes_sent)},
	} {
		if tt.got != tt.want {
			t.Errorf("tcpi_%s at %d, want %d", tt.name, tt.got, tt.want)
		}
	}
}

// infoBody encodes struct tcp_info, with bytes behind it as of a later kernel.
func infoBody(order binary.ByteOrder, i tcpInfo) []byte {
	b := make([]byte, sizeofInfo+40)
	for at := range b {
		b[at] = 0xee // nothing else is looked at
	}
	order.PutUint32(b[infoUnacked:], i.unacked)
	order.PutUint32(b[infoNotSent:], i.notSent)
	order.PutUint32(b[infoLastDataSent:], uint32(i.sinceSent/time.Millisecond))
	order.PutUint32(b[infoLastDataRecv:], uint32(i.sinceReceived/time.Millisecond))
	order.PutUint64(b[infoSent:], i.sent)
	order.PutUint64(b[infoReceived:], i.received)
	return b
}

func TestParseInfo(t *testing.T) {
	want := tcpInfo{true, 3, 5, 7 * time.Millisecond, 1<<32*time.Millisecond - time.Millisecond, 1 << 40, 1<<41 + 1}
	for _, order := range orders {
		b := infoBody(order, want)
		if got := parseInfo(order, b); got != want {
			t.Errorf("%v: %+v, want %+v", order, got, want)
		}
		for n := range b {
			if got := parseInfo(order, b[:n]).known; got != (n >= sizeofInfo) {
				t.Errorf("%v: %d bytes are known %v", order, n, got)
			}
		}
	}
}

// attributeBytes encodes one attribute, padded.
func attributeBytes(order binary.ByteOrder, kind uint16, value []byte) []byte {
	b := make([]byte, unix.SizeofNlAttr, align(unix.SizeofNlAttr+len(value)))
	order.PutUint16(b, uint16(unix.SizeofNlAttr+len(value)))
	order.PutUint16(b[2:], kind)
	return append(b, value...)[:cap(b)]
}

func TestRowWithInfo(t *testing.T) {
	want := row4
	want.state, want.info = tcpEstablished, tcpInfo{known: true, sent: 5, received: 6, sinceSent: time.Second}
	for _, order := range orders {
		base := rowBody(order, want)
		info := attributeBytes(order, attrInfo, infoBody(order, want.info))
		shutdown := attributeBytes(order, 8, []byte{3})
		for name, attributes := range map[string][]byte{
			"alone":          info,
			"behind another": append(shutdown, info...),
			"before another": append(info, shutdown...),
		} {
			if got, err := parseRow(order, append(base[:len(base):len(base)], attributes...)); got != want || err != nil {
				t.Errorf("%v, %s: %+v, %v; want %+v", order, name, got, err, want)
			}
		}
		without := want
		without.info = tcpInfo{}
		for n := range len(info) { // cut anywhere it is no attribute, and nothing else suffers
			if got, err := parseRow(order, append(base[:len(base):len(base)], info[:n]...)); got != without || err != nil {
				t.Errorf("%v, cut after %d bytes: %+v, %v; want %+v", order, n, got, err, without)
			}
		}
	}
}
