package front

import "bytes"

// framing follows the bytes of one direction of a connection and finds where each
// message ends. It is stricter than net/http: what two programs could frame in two
// ways is an error (RFC 9112, sections 2.2, 5 to 7 and 11.2). It is pure, and its
// verdict does not depend on how the bytes are cut into pieces.
type framing struct {
	response bool // responses are followed, not requests
	toHEAD   bool // the response is one to HEAD

	state   state
	partial []byte // of the line that is not whole yet
	size    int    // bytes of whole lines of the head, those of 1xx before it included
	began   int    // size where this head begins
	fields  int    // of this head
	excess  int    // bytes of chunk extensions in this body
	left    uint64 // bytes of the body or chunk that are to come
	blank   int    // empty lines before this request
	trailer []byte // the lines after a chunked body

	head head
}

// state is what is expected next.
type state uint8

const (
	startLine  state = iota // also between two messages
	fieldLine               // or the empty line that ends the head
	bodyData                // left bytes of it
	chunkLine               // a chunk's size
	chunkData               // left bytes of it
	chunkEnd                // the line end after it
	trailers                // or the empty line that ends the message
	untilClose              // a body that ends with the connection, or no HTTP any more
	complete                // the message has ended
)

// Limits of what is followed. The first is above what common servers take (Node.js
// 16 KiB, nginx 32 KiB, uvicorn 64 KiB); Go's own server takes 1 MiB.
const (
	headLimit     = 64 << 10  // bytes of a request's head
	answerLimit   = 256 << 10 // bytes of a response's head, those of 1xx before it included
	fieldLimit    = 1000      // fields of a head; Node.js takes 2000, Apache 100
	nameLimit     = 100       // names in Connection, each of which is looked for among all fields
	trailerLimit  = 3 << 10   // bytes; Go's own server wants them in its buffer of 4 KiB
	blankLimit    = 2         // empty lines before a request
	chunkLimit    = 256       // bytes of a chunk's line, its extensions included
	excessLimit   = 4 << 10   // bytes of chunk extensions in one body
	chunkSizeMost = 15        // hexadecimal digits
)

// violation is why a message is refused. Its text completes "refused: ".
type violation string

func (v violation) Error() string { return string(v) }

const (
	tooLarge   violation = "the head is too large"
	tooMany    violation = "too many header fields"
	bareLF     violation = "a line does not end with CR LF"
	badChunk   violation = "a malformed chunk"
	badTrailer violation = "a malformed trailer"
)

// begun reports whether part of a message has been seen, and not its end. Empty
// lines before a request are none of it.
func (m *framing) begun() bool {
	if m.state == startLine {
		return len(m.partial) > 0 && m.partial[0] != '\r'
	}
	return m.state != complete
}

// restart prepares for the next message, after the end of the one before.
func (m *framing) restart() { *m = framing{response: m.response} }

// heading is next as far as the end of the head, or of one of a 1xx before it.
func (m *framing) heading(p []byte) (n int, done bool, err error) {
	for n < len(p) && !done {
		inHead := m.state == fieldLine
		k, err := m.some(p[n:])
		n += k
		if err != nil {
			return n, false, err
		}
		done = inHead && m.state != fieldLine
	}
	return n, done, nil
}

// mayBeLong reports whether more of a body may come than a small buffer holds.
func (m *framing) mayBeLong() bool { return m.state != bodyData || m.left > bufferSize }

// headSize is how many bytes the head has that ended last.
func (m *framing) headSize() int { return m.size - m.began }

// payload is next for a message whose head has ended. It moves what of p is the body's
// to the front, which is data: the lines of a chunked one are left out.
func (m *framing) payload(p []byte) (data []byte, n int, err error) {
	end := 0
	for n < len(p) && m.state != complete {
		switch m.state {
		case untilClose:
			return p, len(p), nil
		case bodyData, chunkData:
			k := m.data(len(p) - n)
			if end != n {
				copy(p[end:], p[n:n+k])
			}
			end += k
			n += k
		default:
			k, err := m.some(p[n:])
			n += k
			if err != nil {
				return p[:end], n, err
			}
		}
	}
	return p[:end], n, nil
}

// data takes at most n bytes of the body and returns how many.
func (m *framing) data(n int) int {
	if uint64(n) < m.left {
		m.left -= uint64(n)
		return n
	}
	n = int(m.left)
	if m.state == bodyData {
		m.state = complete
	} else {
		m.state = chunkEnd
	}
	return n
}

// some takes a line, or the part of it that is there.
func (m *framing) some(p []byte) (int, error) {
	end := bytes.IndexByte(p, '\n') + 1
	if end == 0 {
		m.partial = append(m.partial, p...)
		return len(p), m.unfinished()
	}
	line := p[:end]
	if len(m.partial) > 0 {
		m.partial = append(m.partial, line...)
		line = m.partial
	}
	if err := m.line(line); err != nil {
		return 0, err
	}
	m.partial = m.partial[:0]
	return end, nil
}

// unfinished refuses what no end of the line could mend, so that garbage is not
// waited for.
func (m *framing) unfinished() error {
	first, length := m.partial[0], len(m.partial)
	switch m.state {
	case startLine:
		if !isToken[first] && first != '\r' {
			return violation("no HTTP/1")
		}
		return m.fits(length)
	case fieldLine:
		return m.fits(length)
	case trailers:
		if len(m.trailer)+length > trailerLimit {
			return badTrailer
		}
	case chunkEnd:
		if length > 1 || first != '\r' {
			return badChunk
		}
	case chunkLine:
		if length > chunkLimit+1 { // with its CR
			return badChunk
		}
	}
	return nil
}

// fits reports as an error that the head would have too many bytes with n more.
func (m *framing) fits(n int) error {
	limit := headLimit
	if m.response {
		limit = answerLimit
	}
	if m.size+n > limit {
		return tooLarge
	}
	return nil
}

// line takes a whole line with its end.
func (m *framing) line(line []byte) error {
	body, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok {
		return bareLF
	}
	for _, b := range body {
		if isControl[b] {
			return violation("a control character")
		}
	}
	switch m.state {
	case chunkLine:
		return m.chunk(body)
	case chunkEnd:
		if len(body) > 0 {
			return badChunk
		}
		m.state = chunkLine
		return nil
	case trailers:
		return m.trailerLine(line)
	case startLine:
		return m.start(body)
	}
	return m.field(body)
}

// start takes the first line of a message, or an empty one before a request, which old
// clients send after a body (RFC 9112, section 2.2).
func (m *framing) start(line []byte) error {
	if len(line) == 0 && !m.response && m.blank < blankLimit {
		m.blank++
		return nil
	}
	m.head, m.fields, m.began = head{}, 0, m.size
	m.size += len(line) + 2 // above the limit the next line tells
	m.state = fieldLine
	if m.response {
		return m.head.statusLine(line)
	}
	return m.head.requestLine(line)
}

// field takes a line of the head, or the empty one at its end.
func (m *framing) field(line []byte) error {
	if err := m.fits(len(line) + 2); err != nil {
		return err
	}
	m.size += len(line) + 2
	if len(line) == 0 {
		return m.endOfHead()
	}
	if m.fields++; m.fields > fieldLimit {
		return tooMany
	}
	name, value, err := splitField(line)
	m.head.spaced = len(line) != len(name)+len(": ")+len(value) || line[len(name)+1] != ' '
	if err == nil && m.response {
		name = m.head.trimName(name)
	}
	if err == nil && !isName(name) {
		err = badName
	}
	if err != nil {
		return err
	}
	return m.head.field(name, value, m.response)
}

// endOfHead decides how the message goes on.
func (m *framing) endOfHead() error {
	h := &m.head
	if err := h.check(m.response); err != nil {
		return err
	}
	switch {
	case h.status == 101:
		m.state = untilClose
	case m.response && h.status < 200:
		m.state = startLine
	case m.toHEAD || h.status == 204 || h.status == 304:
		m.state = complete
	case h.chunked:
		m.state = chunkLine
	case h.length > 0:
		m.state, m.left = bodyData, h.length
	case h.hasLength || !m.response:
		m.state = complete
	default:
		m.state = untilClose
	}
	return nil
}

// chunk takes the line before a chunk: its size, and extensions, which mean nothing
// to anybody but the next hop.
func (m *framing) chunk(line []byte) error {
	digits := 0
	var size uint64
	for digits < len(line) {
		d, ok := hexDigit(line[digits])
		if !ok {
			break
		}
		size = size<<4 | uint64(d)
		digits++
	}
	rest := line[digits:]
	if digits == 0 || digits > chunkSizeMost || len(rest) > 0 && rest[0] != ';' || len(line) > chunkLimit {
		return badChunk
	}
	if m.excess += len(rest); m.excess > excessLimit {
		return badChunk
	}
	if size == 0 {
		m.state = trailers
		return nil
	}
	m.state, m.left = chunkData, size
	return nil
}

// trailerLine takes a line of the trailers with its end, or the empty one that ends them.
func (m *framing) trailerLine(line []byte) error {
	if len(m.trailer)+len(line) > trailerLimit {
		return badTrailer
	}
	if len(line) == len("\r\n") {
		m.state = complete
		return nil
	}
	name, _, err := splitField(line)
	if err == nil && !isName(name) {
		err = badName
	}
	if err != nil {
		return err
	}
	if inNoTrailer(name) {
		return badTrailer
	}
	m.trailer = append(m.trailer, line...)
	return nil
}
