package front

import (
	"bytes"
	"strings"
)

// field is a header field that the front knows.
type field uint8

const (
	other      field = iota
	accept           // whether a stream of events is asked for
	connection       // names what belongs to one hop
	contentEncoding
	contentLength // framing
	contentType
	expectation
	forwarded    // Forwarded, X-Forwarded-Host and X-Forwarded-Proto
	forwardedFor // X-Forwarded-For
	hop          // Keep-Alive and Proxy-Connection
	host
	te
	trailer
	transferEncoding // framing
	upgrade
)

// known returns which field has the name.
func known(name []byte) field {
	var f field
	var word string
	switch len(name) {
	case 2:
		f, word = te, "te"
	case 4:
		f, word = host, "host"
	case 6:
		if name[0]|' ' == 'a' {
			f, word = accept, "accept"
		} else {
			f, word = expectation, "expect"
		}
	case 7:
		if name[0]|' ' == 't' {
			f, word = trailer, "trailer"
		} else {
			f, word = upgrade, "upgrade"
		}
	case 9:
		f, word = forwarded, "forwarded"
	case 10:
		if name[0]|' ' == 'c' {
			f, word = connection, "connection"
		} else {
			f, word = hop, "keep-alive"
		}
	case 12:
		f, word = contentType, "content-type"
	case 14:
		f, word = contentLength, "content-length"
	case 15:
		f, word = forwardedFor, "x-forwarded-for"
	case 16:
		switch name[0] | ' ' {
		case 'p':
			f, word = hop, "proxy-connection"
		case 'c':
			f, word = contentEncoding, "content-encoding"
		default:
			f, word = forwarded, "x-forwarded-host"
		}
	case 17:
		if name[0]|' ' == 't' {
			f, word = transferEncoding, "transfer-encoding"
		} else {
			f, word = forwarded, "x-forwarded-proto"
		}
	default:
		return other
	}
	if !is(name, word) {
		return other
	}
	return f
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

// element cuts the first element off a list with commas.
func element(list []byte) (first, rest []byte) {
	first, rest, _ = bytes.Cut(list, []byte(","))
	return trim(first), rest
}

// trim takes spaces and tabs off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for n := len(b); n > 0 && (b[n-1] == ' ' || b[n-1] == '\t'); n-- {
		b = b[:n-1]
	}
	return b
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

// isHost reports whether b has no byte that is in no host (RFC 3986, section 3.2.2).
func isHost(b []byte) bool {
	for _, c := range b {
		if !inHost[c] {
			return false
		}
	}
	return true
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func isHex(b byte) bool {
	_, ok := hexDigit(b)
	return ok
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

// isToken has the bytes of names and methods, isControl those that are in no line,
// inHost those of a host and port, percent-encoded or not.
var isToken, isControl, inHost = byteSets()

func byteSets() (token, control, host [256]bool) {
	for c := range 256 {
		b := byte(c)
		letter := '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
		token[c] = letter || strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
		control[c] = b < ' ' && b != '\t' || b == 0x7f
		host[c] = letter || strings.IndexByte("!$%&'()*+,-.:;=[]_~", b) >= 0
	}
	return token, control, host
}
