package front

import "encoding/binary"

// Kinds of frames, their flags, and codes of errors (RFC 9113, sections 6 and 7).
const (
	frameData byte = iota
	frameHeaders
	framePriority
	frameReset
	frameSettings
	framePush
	framePing
	frameGoAway
	frameWindow
	frameContinuation
)

const (
	flagAck        = 0x1
	flagEndStream  = 0x1
	flagEndHeaders = 0x4
	flagPadded     = 0x8
)

// fault is why a connection of HTTP/2 ends, as the peer is told.
type fault uint32

const (
	noFault       fault = 0x0
	badProtocol   fault = 0x1
	internal      fault = 0x2
	badSize       fault = 0x6
	refusedStream fault = 0x7
	cancelled     fault = 0x8
	tooManyOfAll  fault = 0xb // ENHANCE_YOUR_CALM
)

func (f fault) Error() string { return "HTTP/2 that breaks the protocol" }

const (
	frameHead = 9
	most31    = 1<<31 - 1
)

// An h2Frame is the head of a frame, and of its payload the first bytes, as far as they are
// looked at.
type h2Frame struct {
	length  int
	kind    byte
	flags   byte
	stream  uint32
	payload []byte
}

func (f h2Frame) has(flag byte) bool { return f.flags&flag != 0 }

// readH2Frame reads the frame that p begins with, if enough of it is here.
func readH2Frame(p []byte) (f h2Frame, ok bool) {
	if len(p) < frameHead {
		return f, false
	}
	f = h2Frame{
		length: int(p[0])<<16 | int(p[1])<<8 | int(p[2]),
		kind:   p[3],
		flags:  p[4],
		stream: binary.BigEndian.Uint32(p[5:]) & most31,
	}
	looked := min(f.looked(), f.length)
	if len(p) < frameHead+looked {
		return f, false
	}
	f.payload = p[frameHead : frameHead+looked]
	return f, true
}

// looked is how many bytes of the payload are looked at.
func (f h2Frame) looked() int {
	switch f.kind {
	case frameReset:
		return 4
	case framePing, frameGoAway:
		return 8
	case framePush:
		return 5
	case frameSettings:
		return mostSettings
	}
	return 0
}

// mostSettings is how many bytes of settings are looked at: above what clients say.
const mostSettings = 32 * 6

// unreadable reports whether settings have no text in them: that all of them are whole,
// and have numbers (RFC 9113, section 6.5.1) between whose bytes and the next ones no
// word of HTTP/1 has room. Known ones are below 0x20, and gRPC has 0xfe03.
func (f h2Frame) unreadable() bool {
	if len(f.payload) < f.length || f.length%6 != 0 {
		return false
	}
	for p := f.payload; len(p) > 0; p = p[6:] {
		if high, low := p[0], p[1]; high != 0 && high < 0x80 || low >= ' ' {
			return false
		}
	}
	return true
}

// promised is the stream that a PUSH_PROMISE announces.
func (f h2Frame) promised() uint32 {
	p := f.payload
	if f.has(flagPadded) {
		p = p[1:]
	}
	return binary.BigEndian.Uint32(p) & most31
}

// A flow follows the frames of one direction of a connection: where each begins and
// ends, and where one of another stream may stand. It is pure, and its verdict does not
// depend on how the bytes are cut into pieces. What it does not need to know it leaves
// to the peers.
type flow struct {
	begun   bool
	left    int    // bytes of the frame at hand that are to come
	block   uint32 // the stream of a header block that has not ended
	ends    uint32 // the stream that ends with the frame, or the header block, at hand
	drops   bool   // the frame at hand does not go on
	dropped bool   // nor does the header block
	paused  bool   // sift stopped where it was asked to
	judge
}

// A judge is asked about each frame. These are functions, since an interface would link
// every method of what they belong to.
type judge struct {
	// frame reports whether one that begins goes on. It may change what is looked at.
	frame func(h2Frame) (goesOn bool, err error)
	// end notes that a side of a stream has been taken to its end.
	end func(stream uint32)
	// pause reports whether to stop, now that another frame may stand here.
	pause func() bool
}

// between reports whether another frame may stand here.
func (w *flow) between() bool { return w.left == 0 && w.block == 0 }

// sift takes n bytes from p, which are all but the beginning of a frame of which too
// little is here, and moves those that go on to its front, which is out.
func (w *flow) sift(p []byte) (out []byte, n int, err error) {
	end := 0
	w.paused = false
	for n < len(p) && !w.paused {
		if w.left == 0 {
			f, ok := readH2Frame(p[n:])
			if !ok {
				break
			}
			if err := w.begin(f); err != nil {
				return p[:end], n, err
			}
		}
		k := min(w.left, len(p)-n)
		if !w.drops {
			if end != n {
				copy(p[end:], p[n:n+k])
			}
			end += k
		}
		n += k
		w.left -= k
		if w.between() {
			if w.ends != 0 {
				w.judge.end(w.ends)
				w.ends = 0
			}
			w.paused = w.judge.pause()
		}
	}
	return p[:end], n, nil
}

// begin takes the head of a frame.
func (w *flow) begin(f h2Frame) error {
	if err := w.check(f); err != nil {
		return err
	}
	if f.kind == frameContinuation {
		w.drops = w.dropped
	} else {
		goesOn, err := w.judge.frame(f)
		if err != nil {
			return err
		}
		w.drops = !goesOn
	}
	w.begun, w.left = true, frameHead+f.length
	switch f.kind {
	case frameHeaders, framePush:
		w.dropped = w.drops
		if !f.has(flagEndHeaders) {
			w.block = f.stream
		}
	case frameContinuation:
		if f.has(flagEndHeaders) {
			w.block = 0
		}
	}
	if (f.kind == frameHeaders || f.kind == frameData) && f.has(flagEndStream) && !w.drops {
		w.ends = f.stream
	}
	return nil
}

// check refuses what would lead the counting of streams astray.
func (w *flow) check(f h2Frame) error {
	switch {
	case !w.begun && (f.kind != frameSettings || f.has(flagAck)):
		return badProtocol
	case (w.block != 0) != (f.kind == frameContinuation), w.block != 0 && f.stream != w.block:
		return badProtocol
	}
	ofStream, fits := true, true
	switch f.kind {
	case frameData, frameHeaders, frameContinuation:
	case framePriority:
		fits = f.length == 5
	case frameReset:
		fits = f.length == 4
	case framePush:
		fits = f.length >= 5 || f.length == 4 && !f.has(flagPadded)
	case frameSettings:
		ofStream, fits = false, f.length%6 == 0
	case framePing:
		ofStream, fits = false, f.length == 8
	case frameGoAway:
		ofStream, fits = false, f.length >= 8
	case frameWindow:
		ofStream, fits = f.stream != 0, f.length == 4
	default:
		return nil // of an extension, see RFC 9113, section 5.5
	}
	switch {
	case ofStream != (f.stream != 0):
		return badProtocol
	case !fits:
		return badSize
	}
	return nil
}

// appendFrame appends a frame.
func appendFrame(b []byte, kind, flags byte, stream uint32, payload ...byte) []byte {
	n := len(payload)
	b = append(b, byte(n>>16), byte(n>>8), byte(n), kind, flags)
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

func appendGoAway(b []byte, last uint32, why fault, text string) []byte {
	p := binary.BigEndian.AppendUint32(nil, last)
	p = binary.BigEndian.AppendUint32(p, uint32(why))
	return appendFrame(b, frameGoAway, 0, 0, append(p, text...)...)
}

func appendReset(b []byte, stream uint32, why fault) []byte {
	return appendFrame(b, frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, uint32(why))...)
}

// appendWindow gives n bytes of the connection's window back.
func appendWindow(b []byte, n int) []byte {
	return appendFrame(b, frameWindow, 0, 0, binary.BigEndian.AppendUint32(nil, uint32(n))...)
}
