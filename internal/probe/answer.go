package probe

import "bytes"

// ending is how a reply's body ends.
type ending uint8

const (
	endsAtOnce   ending = iota // it has none
	endsAtLength               // Content-Length
	endsInChunks               // Transfer-Encoding: chunked
	endsAtClose
)

// replyHead is the head of a program's reply, as far as it matters to a check.
type replyHead struct {
	status int
	length int // in bytes
	ending ending
	body   int // its length, up to replyBody; with endsAtLength alone
}

// readReplyHead reads the beginning of a reply to a GET. It knows final answers of
// HTTP/1.0 and 1.1, and takes nothing else for that: what is unusual in any way is
// for net/http, and so is what is wrong.
func readReplyHead(b []byte) (h replyHead, kind headKind) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return h, headUnfinished
	}
	h.length = end + len("\r\n\r\n")
	line, fields, _ := bytes.Cut(b[:end+len("\r\n")], []byte("\r\n"))
	http11, ok := h.readLine(line)
	if !ok || !h.readFields(fields, http11) {
		return replyHead{}, headOther
	}
	if h.status == 204 || h.status == 304 {
		h.ending = endsAtOnce
	}
	return h, headSimple
}

// readLine reads the status line, and reports whether it is one that readReplyHead
// knows.
func (h *replyHead) readLine(line []byte) (http11, ok bool) {
	const size = len("HTTP/1.1 200")
	if len(line) < size || len(line) > size && line[size] != ' ' || !all(line[size:], isText) {
		return false, false
	}
	for _, c := range line[size-3 : size] {
		if c < '0' || c > '9' {
			return false, false
		}
		h.status = h.status*10 + int(c-'0')
	}
	version := string(line[:size-3])
	return version == "HTTP/1.1 ", (version == "HTTP/1.1 " || version == "HTTP/1.0 ") && h.status >= 200
}

// readFields reads the header fields, each with its line ending, and reports whether
// it is plain from them where the body ends.
func (h *replyHead) readFields(fields []byte, http11 bool) bool {
	h.ending = endsAtClose
	for len(fields) > 0 {
		name, value, rest, ok := cutField(fields)
		if !ok {
			return false
		}
		fields = rest
		value = bytes.Trim(value, " \t")
		switch {
		case isNamed(name, "content-length"):
			if h.ending != endsAtClose || !h.readLength(value) {
				return false
			}
			h.ending = endsAtLength
		case isNamed(name, "transfer-encoding"):
			if h.ending != endsAtClose || !http11 || !isNamed(value, "chunked") {
				return false
			}
			h.ending = endsInChunks
		case isNamed(name, "trailer"):
			return false
		}
	}
	return true
}

func (h *replyHead) readLength(digits []byte) bool {
	const most = 15 // digits, which fit into 63 bits
	n := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int64(c-'0')
	}
	h.body = int(min(n, replyBody))
	return len(digits) > 0 && len(digits) <= most
}

// readChunks reports whether all chunks of a body have come, without extensions and
// trailers.
func readChunks(b []byte) headKind {
	for {
		digits, rest, ok := bytes.Cut(b, []byte("\r\n"))
		size := 0
		for i, c := range digits {
			digit := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
			if digit < 0 || c < '0' || i > 3 {
				return headOther
			}
			size = size<<4 | digit
		}
		switch {
		case !ok:
			return headUnfinished
		case len(digits) == 0:
			return headOther
		case len(rest) < size+2:
			return headUnfinished
		case rest[size] != '\r' || rest[size+1] != '\n':
			return headOther
		case size == 0:
			return headSimple
		}
		b = rest[size+2:]
	}
}
