package front

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"testing"
)

// frame is one, masked where it is a client's.
func frame(final bool, opcode byte, payload string, masked bool) []byte {
	first, mask := opcode, byte(0)
	if final {
		first |= finalBit
	}
	if masked {
		mask = maskBit
	}
	var p []byte
	switch n := len(payload); {
	case n < 126:
		p = []byte{first, mask | byte(n)}
	case n < 1<<16:
		p = binary.BigEndian.AppendUint16([]byte{first, mask | 126}, uint16(n))
	default:
		p = binary.BigEndian.AppendUint64([]byte{first, mask | 127}, uint64(n))
	}
	if !masked {
		return append(p, payload...)
	}
	key := [4]byte{1, 2, 3, 4}
	p = append(p, key[:]...)
	for i := range len(payload) {
		p = append(p, payload[i]^key[i%4])
	}
	return p
}

// A plainFrame is what readFrame has read.
type plainFrame struct {
	opcode  byte
	final   bool
	payload []byte
	end     int // in the stream
}

// readFrame reads a whole frame, from RFC 6455's picture of one: what the follower is held
// against, and what the clients of the tests read with.
func readFrame(r io.Reader) (f plainFrame, err error) {
	var two [2]byte
	if _, err = io.ReadFull(r, two[:]); err != nil {
		return f, err
	}
	f.final, f.opcode = two[0]&0x80 != 0, two[0]&0x0f
	length := uint64(two[1] & 0x7f)
	f.end = 2
	if length >= 126 {
		wide := make([]byte, map[uint64]int{126: 2, 127: 8}[length])
		if _, err = io.ReadFull(r, wide); err != nil {
			return f, err
		}
		f.end += len(wide)
		length = 0
		for _, b := range wide {
			length = length<<8 | uint64(b)
		}
	}
	var key []byte
	if two[1]&0x80 != 0 {
		key = make([]byte, 4)
		if _, err = io.ReadFull(r, key); err != nil {
			return f, err
		}
		f.end += 4
	}
	if length > 1<<30 {
		return f, io.ErrUnexpectedEOF // of what a test has
	}
	f.payload = make([]byte, length)
	if _, err = io.ReadFull(r, f.payload); err != nil {
		return f, err
	}
	for i := range f.payload {
		if key != nil {
			f.payload[i] ^= key[i%4]
		}
	}
	f.end += int(length)
	return f, nil
}

// plainEnds are where messages end in a stream, and control frames between two; and whether
// it has a close frame whose head is whole.
func plainEnds(stream []byte) (ends []int, closed bool) {
	r, at, open := bytes.NewReader(stream), 0, false
	for {
		f, err := readFrame(r)
		closed = closed || f.opcode == 8 && (err == nil || headIsWhole(stream[at:]))
		if err != nil {
			return ends, closed
		}
		at += f.end
		if f.opcode < 8 {
			open = !f.final
		}
		if !open {
			ends = append(ends, at)
		}
	}
}

func headIsWhole(p []byte) bool {
	if len(p) < 2 {
		return false
	}
	n := 2 + map[byte]int{126: 2, 127: 8}[p[1]&0x7f]
	if p[1]&0x80 != 0 {
		n += 4
	}
	return len(p) >= n
}

// followed is where the follower finds ends, told the stream in pieces.
func followed(stream []byte, piece func(left int) int) (ends []int, f frames) {
	for at := 0; at < len(stream); {
		n := piece(len(stream) - at)
		if end := f.follow(stream[at : at+n]); end > 0 {
			ends = append(ends, at+end)
		}
		at += n
	}
	return ends, f
}

// The follower finds the ends that a plain reader finds, whatever the pieces are.
func FuzzFrames(f *testing.F) {
	f.Add(slices.Concat(frame(true, 1, "one", false), frame(false, 2, "two ", true), frame(true, 9, "", false), frame(true, 0, "halves", true)), byte(3))
	f.Add(slices.Concat(frame(false, 1, string(make([]byte, 126)), false), frame(true, 8, "\x03\xe9", true)), byte(1))
	f.Add(frame(true, 2, string(make([]byte, 1<<16)), true), byte(200))
	f.Add([]byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5}, byte(2))
	f.Fuzz(func(t *testing.T, stream []byte, size byte) {
		want, closed := plainEnds(stream)
		bytewise, one := followed(stream, func(int) int { return 1 })
		if !slices.Equal(bytewise, want) || one.closed != closed {
			t.Fatalf("byte by byte: ends %v, closed %v; want %v, %v", bytewise, one.closed, want, closed)
		}
		n := int(size)%97 + 1
		pieces, many := followed(stream, func(left int) int { return min(left, n) })
		for _, end := range pieces {
			if !slices.Contains(want, end) {
				t.Fatalf("in pieces of %d: an end at %d, want one of %v", n, end, want)
			}
		}
		whole, all := followed(stream, func(left int) int { return left })
		if last := slices.Concat([]int{0}, want); len(whole) > 0 && whole[0] != last[len(last)-1] || len(whole) != min(1, len(want)) {
			t.Fatalf("at once: %v, want the last of %v", whole, want)
		}
		if one != many || one != all {
			t.Fatalf("the pieces matter: %+v, %+v, %+v", one, many, all)
		}
	})
}
