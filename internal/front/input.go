package front

import (
	"strconv"
	"sync"
)

const (
	// bufferSize is how much is read at a time, in either direction: most heads, with
	// what follows them, and bulkSize the rest of a body.
	bufferSize = 8 << 10
	bulkSize   = 64 << 10

	// before and after it in a buffer there is room for a chunk's size and end, and for
	// the fields that a head may gain.
	roomBefore = 16
	roomAfter  = 496
)

type (
	buffer [roomBefore + bufferSize + roomAfter]byte
	bulk   [roomBefore + bulkSize + roomAfter]byte
)

var (
	buffers = sync.Pool{New: func() any { return new(buffer) }}
	bulks   = sync.Pool{New: func() any { return new(bulk) }}
)

// An input is what was read from a connection and is not used up. It has a buffer only
// while there is something in it.
type input struct {
	base       []byte // of one of these, or a longer one for a long head
	begin, end int
	buffer     *buffer
	bulk       *bulk
	streams    bool // what comes is the rest of a body
}

// bytes is what is there.
func (in *input) bytes() []byte { return in.base[in.begin:in.end] }

func (in *input) length() int { return in.end - in.begin }

// space is where more can be read to.
func (in *input) space() []byte {
	switch {
	case in.base == nil:
		in.take()
	case in.end < len(in.base)-roomAfter:
	case in.begin > roomBefore:
		n := copy(in.base[roomBefore:], in.bytes())
		in.begin, in.end = roomBefore, roomBefore+n
	default:
		longer := make([]byte, 2*len(in.base))
		n := copy(longer[roomBefore:], in.bytes())
		in.giveBack()
		in.base, in.begin, in.end = longer, roomBefore, roomBefore+n
	}
	return in.base[in.end : len(in.base)-roomAfter]
}

func (in *input) take() {
	if in.streams {
		in.bulk = bulks.Get().(*bulk)
		in.base = in.bulk[:]
	} else {
		in.buffer = buffers.Get().(*buffer)
		in.base = in.buffer[:]
	}
	in.begin, in.end = roomBefore, roomBefore
}

func (in *input) added(n int) { in.end += n }

// used lets the first n bytes go.
func (in *input) used(n int) {
	if in.begin += n; in.begin == in.end {
		in.giveBack()
	}
}

// empty lets all go.
func (in *input) empty() { in.used(in.length()) }

// shrink gives the buffer back where little is in it, before a wait.
func (in *input) shrink() {
	if n := in.length(); in.buffer != nil && n <= bufferSize/4 {
		small := make([]byte, roomBefore+n+roomAfter)
		copy(small[roomBefore:], in.bytes())
		in.giveBack()
		in.base, in.begin, in.end = small, roomBefore, roomBefore+n
	}
}

func (in *input) giveBack() {
	if in.buffer != nil {
		buffers.Put(in.buffer)
	}
	if in.bulk != nil {
		bulks.Put(in.bulk)
	}
	*in = input{streams: in.streams}
}

// chunk makes a chunk of the first n bytes, which were moved there. It writes before
// them, and behind them over the end that they had.
func (in *input) chunk(n int, last bool) []byte {
	var digits [16]byte
	size := append(strconv.AppendUint(digits[:0], uint64(n), 16), "\r\n"...)
	begin, end := in.begin-len(size), in.begin+n
	copy(in.base[begin:], size)
	end += copy(in.base[end:], "\r\n")
	if last {
		end += copy(in.base[end:], lastChunk)
	}
	return in.base[begin:end]
}

const lastChunk = "0\r\n\r\n"

// appendChunk appends data as a chunk.
func appendChunk(out, data []byte) []byte {
	if len(data) == 0 {
		return out
	}
	out = strconv.AppendUint(out, uint64(len(data)), 16)
	out = append(out, "\r\n"...)
	out = append(out, data...)
	return append(out, "\r\n"...)
}

// appendEnd appends the end of a chunked body.
func appendEnd(out, trailer []byte) []byte {
	out = append(out, "0\r\n"...)
	out = append(out, trailer...)
	return append(out, "\r\n"...)
}
