package front

import "encoding/binary"

// frames follows the frames of one direction of a WebSocket (RFC 6455, section 5.2). It
// looks at their heads alone, so that extensions and what is wrong with a payload are
// nobody's business here. It is pure, and what it finds does not depend on how the bytes
// are cut into pieces.
type frames struct {
	head   [14]byte // of the frame that begins
	size   int      // bytes of it that are here
	left   uint64   // bytes of the payload that are to come
	inside bool     // a message has begun that is not whole, though its frames may be
	closed bool     // a close frame has come, or its head
}

// Parts of a frame's first two bytes.
const (
	finalBit   = 0x80
	opcodeBits = 0x0f
	controlBit = 0x08 // of the opcode
	opcodeText = 0x1
	closeCode  = 0x8
	maskBit    = 0x80
	lengthBits = 0x7f
)

// follow takes what comes next. It returns how many bytes of it end with a message, of
// those that do the last, or with a control frame between two: 0 where none does.
func (f *frames) follow(p []byte) (end int) {
	for n := 0; n < len(p); {
		n += f.some(p[n:])
		if f.betweenMessages() {
			end = n
		}
	}
	return end
}

// some takes up to the end of a frame, or of its head.
func (f *frames) some(p []byte) int {
	if f.left > 0 {
		n := int(min(f.left, uint64(len(p))))
		f.left -= uint64(n)
		return n
	}
	n := 0
	for n < len(p) {
		f.head[f.size] = p[n]
		f.size++
		n++
		if f.size >= 2 && f.size == f.headSize() {
			f.begin()
			break
		}
	}
	return n
}

// headSize is how many bytes the head has, of which two are here.
func (f *frames) headSize() int {
	n := 2
	switch f.head[1] & lengthBits {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if f.head[1]&maskBit != 0 {
		n += 4
	}
	return n
}

// begin notes the frame whose head is whole.
func (f *frames) begin() {
	switch f.left = uint64(f.head[1] & lengthBits); f.left {
	case 126:
		f.left = uint64(binary.BigEndian.Uint16(f.head[2:]))
	case 127:
		f.left = binary.BigEndian.Uint64(f.head[2:])
	}
	f.size = 0
	switch opcode := f.head[0] & opcodeBits; {
	case opcode == closeCode:
		f.closed = true
	case opcode&controlBit == 0: // others may come within a message
		f.inside = f.head[0]&finalBit == 0
	}
}

// betweenFrames reports whether the last frame is whole.
func (f *frames) betweenFrames() bool { return f.size == 0 && f.left == 0 }

// betweenMessages reports whether the last message is.
func (f *frames) betweenMessages() bool { return f.betweenFrames() && !f.inside }
