package front

import (
	"bytes"
	"strings"
)

// head is what the framing of a message, and the front, need to know of its head.
type head struct {
	post      bool // the method is POST
	afterPOST bool // that of the request before was
	http10    bool
	status    int // of a response

	authority string // of a target in absolute form
	host      string
	hosts     int

	codings   int // Transfer-Encoding fields
	chunked   bool
	hasLength bool
	length    uint64

	cacheControl bool   // there is a Cache-Control field
	connection   string // what the Connection fields name
}

const badStart violation = "a malformed first line"

// requestLine takes METHOD SP TARGET SP VERSION. The target may have any byte that
// is no control character and no space.
func (h *head) requestLine(line []byte) error {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, version, _ := bytes.Cut(rest, []byte(" "))
	if !isName(method) || len(target) == 0 || bytes.IndexByte(target, '\t') >= 0 {
		return badStart
	}
	if err := h.version(version); err != nil {
		return err
	}
	if string(method) == "CONNECT" {
		return violation("CONNECT is not served")
	}
	h.post = string(method) == "POST"
	if target[0] != '/' && string(target) != "*" {
		return h.absolute(string(target))
	}
	return nil
}

// absolute takes a target in absolute form, which says the host once more.
func (h *head) absolute(target string) error {
	scheme, rest, _ := strings.Cut(target, "://")
	if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return violation("a target that is neither a path nor a URL")
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	if rest == "" || strings.Contains(rest, "@") {
		return violation("a URL without a host, or with a user, as the target")
	}
	h.authority = rest
	return nil
}

func (h *head) version(v []byte) error {
	switch string(v) {
	case "HTTP/1.1":
	case "HTTP/1.0":
		h.http10 = true
	default:
		return violation("neither HTTP/1.1 nor HTTP/1.0")
	}
	return nil
}

// statusLine takes VERSION SP STATUS [SP REASON].
func (h *head) statusLine(line []byte) error {
	version, rest, _ := bytes.Cut(line, []byte(" "))
	if len(rest) < 3 || len(rest) > 3 && rest[3] != ' ' {
		return badStart
	}
	for _, b := range rest[:3] {
		if b < '0' || b > '9' {
			return badStart
		}
		h.status = h.status*10 + int(b-'0')
	}
	if h.status < 100 {
		return badStart
	}
	return h.version(version)
}

// splitField takes NAME ":" VALUE.
func splitField(line []byte) (name, value []byte, err error) {
	if line[0] == ' ' || line[0] == '\t' {
		return nil, nil, violation("a folded header line")
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || !isName(name) {
		return nil, nil, violation("a malformed header name")
	}
	return name, bytes.Trim(value, " \t"), nil
}

// field notes a field that says something of the framing or the host.
func (h *head) field(name, value []byte) error {
	switch {
	case is(name, "content-length"):
		return h.contentLength(value)
	case is(name, "transfer-encoding"):
		if h.codings++; h.codings > 1 || !is(value, "chunked") {
			return violation("a Transfer-Encoding that is not chunked alone")
		}
		h.chunked = true
	case is(name, "host"):
		h.hosts++
		if h.authority != "" {
			h.host = string(value)
		}
	case is(name, "cache-control"):
		h.cacheControl = true
	case is(name, "connection"):
		if h.connection != "" {
			h.connection += ","
		}
		h.connection += string(value)
	}
	return nil
}

func (h *head) contentLength(value []byte) error {
	if h.hasLength {
		return violation("more than one Content-Length")
	}
	if len(value) == 0 || len(value) > 18 {
		return violation("a malformed Content-Length")
	}
	for _, b := range value {
		if b < '0' || b > '9' {
			return violation("a malformed Content-Length")
		}
		h.length = h.length*10 + uint64(b-'0')
	}
	h.hasLength = true
	return nil
}

// check refuses heads that contradict themselves.
func (h *head) check(response bool) error {
	switch {
	case h.chunked && h.hasLength:
		return violation("Transfer-Encoding together with Content-Length")
	case h.chunked && h.http10:
		return violation("Transfer-Encoding in HTTP/1.0")
	case response:
		return nil
	case h.hosts > 1:
		return violation("more than one Host")
	case h.hosts == 0 && !h.http10:
		return violation("no Host")
	case h.hosts > 0 && !strings.EqualFold(h.authority, h.host):
		return violation("a Host that is not the target's")
	}
	return nil
}

// inNoTrailer reports whether a field may not come after the body (RFC 9110,
// section 6.5.1), as far as it concerns framing and the host.
func inNoTrailer(name []byte) bool {
	return is(name, "content-length") || is(name, "transfer-encoding") || is(name, "host") ||
		is(name, "trailer") || is(name, "connection") || is(name, "upgrade")
}

// is reports whether b is the lower-case ASCII word, in any case.
func is(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// isName reports whether b is a token (RFC 9110, section 5.6.2).
func isName(b []byte) bool {
	for _, c := range b {
		if !isToken[c] {
			return false
		}
	}
	return len(b) > 0
}

func hexDigit(b byte) (byte, bool) {
	switch {
	case '0' <= b && b <= '9':
		return b - '0', true
	case 'a' <= b && b <= 'f':
		return b - 'a' + 10, true
	case 'A' <= b && b <= 'F':
		return b - 'A' + 10, true
	}
	return 0, false
}

// isToken has the bytes of names and methods, isControl those that are in no line.
var isToken, isControl = byteSets()

func byteSets() (token, control [256]bool) {
	for c := range 256 {
		b := byte(c)
		token[c] = '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' ||
			strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
		control[c] = b < ' ' && b != '\t' || b == 0x7f
	}
	return token, control
}
