package front

import (
	"bytes"
	"net/url"
	"strings"
)

// head is what the framing of a message, and the front, need to know of its head.
type head struct {
	isHEAD bool // the method is HEAD
	isGET  bool
	http10 bool
	status int // of a response

	authority string // of a target in absolute form
	host      string
	hosts     int

	codings   int // Transfer-Encoding fields
	chunked   bool
	hasLength bool
	length    uint64

	expects bool // Expect: 100-continue

	events bool // a request's Accept names text/event-stream, or an answer's Content-Type is that
	coded  bool // there is a Content-Encoding

	closes   bool   // Connection names close
	keeps    bool   // keep-alive
	upgrades bool   // upgrade
	named    []byte // what else it names, each name followed by a comma
	names    int    // how many that are
	upgrade  string // the first Upgrade field

	forwarded  int  // X-Forwarded-For fields
	edited     bool // a field is none that goes on as it came
	spaced     bool // this field has other than one space before its value, or some behind
	badTrailer bool // Trailer names what may not come after a body
}

const (
	badStart  violation = "a malformed first line"
	badName   violation = "a malformed header name"
	badTarget violation = "a malformed target"

	// cannotExpect is refused with 417.
	cannotExpect violation = "an expectation other than 100-continue"
)

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
	h.isHEAD, h.isGET = string(method) == "HEAD", string(method) == "GET"
	switch {
	case target[0] == '/':
		return path(target)
	case string(target) == "*":
		return nil
	}
	return h.absolute(string(target))
}

// path refuses what is no percent-encoding in a path. That of a query is the program's
// matter.
func path(target []byte) error {
	if end := bytes.IndexByte(target, '?'); end >= 0 {
		target = target[:end]
	}
	for {
		at := bytes.IndexByte(target, '%')
		if at < 0 {
			return nil
		}
		if target = target[at+1:]; len(target) < 2 || !isHex(target[0]) || !isHex(target[1]) {
			return badTarget
		}
	}
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
	if _, err := url.ParseRequestURI(target); err != nil || !isHost([]byte(rest)) {
		return badTarget
	}
	h.authority, h.edited = rest, true
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
	h.edited = len(rest) == 3
	return h.version(version)
}

// splitField takes NAME ":" VALUE. The name is not looked at yet.
func splitField(line []byte) (name, value []byte, err error) {
	if line[0] == ' ' || line[0] == '\t' {
		return nil, nil, violation("a folded header line")
	}
	before, after, ok := bytes.Cut(line, []byte{':'})
	if !ok {
		return nil, nil, badName
	}
	return before, trim(after), nil
}

// trimName takes the space before the colon out of a name of an answer (RFC 9112,
// section 5.1).
func (h *head) trimName(name []byte) []byte {
	if short := bytes.TrimRight(name, " \t"); len(short) < len(name) {
		h.edited = true
		return short
	}
	return name
}

// field notes a field that says something of the framing, the host or this hop.
func (h *head) field(name, value []byte, response bool) error {
	switch known(name) {
	case contentLength:
		return h.contentLength(value, response)
	case transferEncoding:
		h.edited = h.edited || response || h.spaced || string(value) != "chunked"
		if h.codings++; h.codings > 1 || !is(value, "chunked") {
			return violation("a Transfer-Encoding that is not chunked alone")
		}
		h.chunked = true
	case host:
		h.hosts++
		if h.authority != "" {
			h.edited, h.host = true, string(value)
		}
		if !response && !isHost(value) {
			return violation("a malformed Host")
		}
	case expectation:
		if !response && len(value) > 0 {
			if h.expects = is(value, "100-continue"); !h.expects {
				return cannotExpect
			}
		}
	case connection:
		h.edited = true
		return h.connection(value)
	case upgrade:
		h.edited = true
		if h.upgrade == "" {
			h.upgrade = string(value)
		}
	case trailer:
		h.edited = true
		h.trailer(value)
	case forwardedFor:
		h.forwarded++
	case hop, te:
		h.edited = true
	case accept:
		h.events = h.events || !response && namesEvents(value)
	case contentType:
		h.events = h.events || response && namesEvents(value)
	case contentEncoding:
		h.coded = h.coded || !is(value, "identity")
	}
	return nil
}

// namesEvents reports whether a list of media types has that of a stream of events.
func namesEvents(list []byte) bool {
	for len(list) > 0 {
		var one []byte
		one, list = element(list)
		one, _, _ = bytes.Cut(one, []byte(";"))
		if is(trim(one), "text/event-stream") {
			return true
		}
	}
	return false
}

func (h *head) contentLength(value []byte, response bool) error {
	if len(value) == 0 || len(value) > 18 {
		return violation("a malformed Content-Length")
	}
	var length uint64
	for _, b := range value {
		if b < '0' || b > '9' {
			return violation("a malformed Content-Length")
		}
		length = length*10 + uint64(b-'0')
	}
	if h.hasLength {
		if !response || length != h.length {
			return violation("more than one Content-Length")
		}
		h.edited = true // an answer's that says it twice is one (RFC 9110, section 8.6)
	}
	h.edited = h.edited || h.spaced || value[0] == '0' && len(value) > 1
	h.hasLength, h.length = true, length
	return nil
}

// connection notes what a Connection field names.
func (h *head) connection(value []byte) error {
	for len(value) > 0 {
		var name []byte
		name, value = element(value)
		switch {
		case is(name, "close"):
			h.closes = true
		case is(name, "keep-alive"):
			h.keeps = true
		case is(name, "upgrade"):
			h.upgrades = true
		default:
			if h.names++; h.names > nameLimit {
				return tooMany
			}
			h.named = append(append(h.named, name...), ',')
		}
	}
	return nil
}

// trailer looks at what a Trailer field names.
func (h *head) trailer(value []byte) {
	for len(value) > 0 {
		var name []byte
		name, value = element(value)
		switch known(name) {
		case contentLength, transferEncoding, trailer:
			h.badTrailer = true
		}
	}
}

// check refuses heads that contradict themselves.
func (h *head) check(response bool) error {
	switch {
	case h.chunked && h.hasLength:
		return violation("Transfer-Encoding together with Content-Length")
	case h.chunked && h.http10:
		return violation("Transfer-Encoding in HTTP/1.0")
	case h.chunked && h.badTrailer:
		return badTrailer
	case response:
		return nil
	case h.hosts > 1:
		return violation("more than one Host")
	case h.hosts == 0 && !h.http10:
		return violation("no Host")
	case h.hosts > 0 && !strings.EqualFold(h.authority, h.host):
		return violation("a Host that is not the target's")
	case h.upgrades && !isPrintable(h.upgrade):
		return violation("a malformed Upgrade")
	}
	return nil
}

// inNoTrailer reports whether a field may not come after the body (RFC 9110,
// section 6.5.1), as far as it concerns framing, the host and this hop.
func inNoTrailer(name []byte) bool {
	switch known(name) {
	case contentLength, transferEncoding, host, trailer, connection, upgrade:
		return true
	}
	return false
}
