package probe

import "bytes"

// headLimit bounds the head of a request that the server reads itself, in bytes.
const headLimit = headerLimit

// form is how an answer is written.
type form uint8

const (
	headOnly form = 1 << iota // the header is all that was asked for
	http10                    // HTTP/1.0
)

// headKind is what the beginning of a connection is to the server.
type headKind int

const (
	headUnfinished headKind = iota // more has to come
	headSimple                     // a request that the server answers itself
	headOther                      // a request for the helper to read
	headGarbage                    // nothing of HTTP/1
)

// head is a request that the server answers itself.
type head struct {
	endpoint endpoint
	form     form
	length   int // in bytes
}

// readHead reads the beginning of a connection, of which b is what has come. It
// knows GET and HEAD of three paths, without a query and without a body, and takes
// nothing else for that: whatever is unusual in any way is for a parser that knows
// all of RFC 9112.
func readHead(b []byte) (h head, kind headKind) {
	if len(b) == 0 {
		return h, headUnfinished
	}
	if !isToken(b[0]) {
		return h, headGarbage
	}
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		if len(b) >= headLimit || bytes.Contains(b, []byte("\n\n")) || bytes.Contains(b, []byte("\n\r\n")) {
			return h, headOther
		}
		return h, headUnfinished
	}
	h.length = end + len("\r\n\r\n")
	line, fields, _ := bytes.Cut(b[:end+len("\r\n")], []byte("\r\n"))
	if !h.readLine(line) || !h.readFields(fields) {
		return head{}, headOther
	}
	return h, headSimple
}

// readLine reads the request line, and reports whether it is one of those that
// readHead knows.
func (h *head) readLine(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("GET "))
	if !ok {
		if rest, ok = bytes.CutPrefix(line, []byte("HEAD ")); !ok {
			return false
		}
		h.form |= headOnly
	}
	path, version, _ := bytes.Cut(rest, []byte(" "))
	switch string(version) {
	case "HTTP/1.1":
	case "HTTP/1.0":
		h.form |= http10
	default:
		return false
	}
	h.endpoint = endpointOf(string(path))
	return h.endpoint == endpointReadyz || h.endpoint == endpointLivez || h.endpoint == endpointIndex
}

// readFields reads the header fields, each with its line ending, and reports
// whether there is nothing in them that bears on how the request is to be read.
func (h *head) readFields(fields []byte) bool {
	hosts := 0
	for len(fields) > 0 {
		name, value, rest, ok := cutField(fields)
		if !ok {
			return false
		}
		fields = rest
		switch {
		case isNamed(name, "host"):
			hosts++
			if !all(bytes.Trim(value, " \t"), isHost) {
				return false
			}
		case isNamed(name, "content-length"), isNamed(name, "transfer-encoding"), isNamed(name, "expect"):
			return false
		}
	}
	return hosts == 1 || hosts == 0 && h.form&http10 != 0
}

// cutField cuts the first header field off, with its line ending, and reports whether it is
// well-formed. The value has the space around it still.
func cutField(fields []byte) (name, value, rest []byte, ok bool) {
	line, rest, ended := bytes.Cut(fields, []byte("\r\n"))
	name, value, ok = bytes.Cut(line, []byte(":"))
	ok = ok && ended && len(name) > 0 && all(name, isToken) && all(value, isText)
	return name, value, rest, ok
}

// isNamed compares a field's name with one in small letters.
func isNamed(name []byte, small string) bool {
	if len(name) != len(small) {
		return false
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != small[i] {
			return false
		}
	}
	return true
}

func all(b []byte, is func(byte) bool) bool {
	for _, c := range b {
		if !is(c) {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isToken reports whether c may be in a method or in a field's name, RFC 9110,
// section 5.6.2.
func isToken(c byte) bool {
	return isAlphanumeric(c) || bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) >= 0
}

// isText reports whether c may be in a field's value, RFC 9110, section 5.5.
func isText(c byte) bool { return c == '\t' || c >= ' ' && c != 0x7f }

// isHost reports whether c may be in the Host of those who ask for a probe: a name
// or an address, and a port.
func isHost(c byte) bool { return isAlphanumeric(c) || bytes.IndexByte([]byte(".-_:[]%"), c) >= 0 }
