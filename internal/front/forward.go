package front

import (
	"bytes"
	"strconv"
)

// upgradeTo is what the request offers to change to. HTTP/2 is not offered on, since it
// cannot be counted, and HTTP/1.0 has no upgrades (RFC 9110, section 7.8).
func (h *head) upgradeTo() string {
	if !h.upgrades || h.http10 || is([]byte(h.upgrade), "h2c") {
		return ""
	}
	return h.upgrade
}

// appendRequest appends the head of a request as it goes on: as it came, but for what
// belongs to one hop (RFC 9110, section 7.6.1), the Connection field, the Host where the
// target says it, and the client's address in X-Forwarded-For where there is one. The
// values that frame the body are in their plainest form, which no server takes for
// another one.
func (h *head) appendRequest(out, raw []byte, address string) []byte {
	if !h.edited && (address == "" || h.forwarded == 0) {
		out = append(out, raw[:len(raw)-2]...)
		return append(appendForwarded(out, address), "\r\n"...)
	}
	line, raw := cutLine(raw)
	out = append(out, line...)
	if h.authority != "" && h.hosts == 0 {
		out = append(out, "Host: "+h.authority+"\r\n"...)
	}
	says := h.requestConnection()
	var addresses []byte
	upgrades, addressed := 0, 0
	for len(raw) > len("\r\n") {
		line, raw = cutLine(raw)
		name, value, _ := splitField(line[:len(line)-2])
		switch f := known(name); {
		case f == connection:
			out = appendField(out, "Connection", says)
			says = ""
		case f == contentLength, f == transferEncoding:
			out = h.appendFraming(out, f, name)
		case f == host && h.authority != "":
			out = appendField(out, string(name), h.authority)
		case f == forwardedFor && address != "":
			addresses = append(append(addresses, value...), ", "...)
			if addressed++; addressed == h.forwarded {
				out = append(append(append(out, name...), ": "...), addresses...)
				out = append(append(out, address...), "\r\n"...)
			}
		case f == upgrade:
			if upgrades++; upgrades == 1 && h.upgradeTo() != "" {
				out = append(out, line...)
			}
		case f == trailer && !h.chunked, f == te && !hasElement(value, "trailers"), h.staysHere(f, name):
		default:
			out = append(out, line...)
		}
	}
	if h.forwarded == 0 {
		out = appendForwarded(out, address)
	}
	return append(out, "\r\n"...)
}

// appendFraming appends the field that frames the body, by the name that it came with.
func (h *head) appendFraming(out []byte, f field, name []byte) []byte {
	out = append(append(out, name...), ": "...)
	if f == contentLength {
		out = strconv.AppendUint(out, h.length, 10)
	} else {
		out = append(out, "chunked"...)
	}
	return append(out, "\r\n"...)
}

func appendForwarded(out []byte, address string) []byte {
	return appendField(out, "X-Forwarded-For", address)
}

// appendField appends a field that has a value.
func appendField(out []byte, name, value string) []byte {
	if value == "" {
		return out
	}
	return append(append(append(append(out, name...), ": "...), value...), "\r\n"...)
}

// requestConnection is the value of the Connection field that goes on. There is none
// where the client named neither.
func (h *head) requestConnection() string {
	switch {
	case h.upgradeTo() != "":
		return "Upgrade"
	case h.closes && !h.http10:
		return "close"
	case h.keeps && !h.closes && h.http10:
		return "keep-alive"
	}
	return ""
}

// staysHere reports whether a field belongs to this hop. What says the framing or whom
// and by whom was asked goes on, even if Connection names it: without Content-Length the
// body would be another request.
func (h *head) staysHere(f field, name []byte) bool {
	switch f {
	case hop, connection, upgrade:
		return true
	case contentLength, transferEncoding, trailer, host, forwarded, forwardedFor:
		return false
	}
	for rest := h.named; len(rest) > 0; {
		var one []byte
		one, rest = element(rest)
		if bytes.EqualFold(one, name) {
			return true
		}
	}
	return false
}

// An answerForm is how an answer goes on.
type answerForm struct {
	http10  bool   // to a client of HTTP/1.0
	chunked bool   // its body is sent in chunks
	noBody  bool   // there is none
	closes  bool   // the connection ends with it
	says    string // Connection's value
}

// connection decides what the Connection field says.
func (f *answerForm) connection(keeps bool, h *head) {
	switch {
	case f.closes, !f.http10 && !keeps:
		f.says = "close"
	case f.http10 && keeps:
		f.says = "keep-alive"
	}
	if h.status == 426 && h.upgrade != "" {
		if f.says != "" {
			f.says += ", "
		}
		f.says += "Upgrade"
	}
}

// asItCame reports whether nothing of the head has to be changed.
func (f answerForm) asItCame(h *head) bool {
	return !h.edited && f.says == "" && !f.http10 && !h.http10 && !f.chunked && (h.status != 204 || !h.hasLength)
}

// appendAnswer appends the head of an answer as it goes on: as it came, but for the
// version, which is the hop's, and what else belongs to one hop.
func (h *head) appendAnswer(out, raw []byte, f answerForm) []byte {
	line, raw := cutLine(raw)
	out = append(out, "HTTP/1.1"...)
	if f.http10 {
		out[len(out)-1] = '0'
	}
	line = line[len("HTTP/1.x"):]
	out = append(out, line[:len(line)-2]...)
	if len(line) == len(" 200\r\n") {
		out = append(out, ' ') // without a reason, too (RFC 9112, section 4)
	}
	out = append(out, "\r\n"...)
	lengths := 0
	for len(raw) > len("\r\n") {
		line, raw = cutLine(raw)
		name, _, _ := splitField(line[:len(line)-2])
		short := bytes.TrimRight(name, " \t")
		switch k := known(short); {
		case k == connection:
			out = appendField(out, "Connection", f.says)
			f.says = ""
			continue
		case k == contentLength:
			if lengths++; lengths == 1 && h.status >= 200 && h.status != 204 {
				out = h.appendFraming(out, k, short)
			}
			continue
		case k == transferEncoding:
			if !f.http10 && h.status >= 200 && h.status != 204 {
				out = h.appendFraming(out, k, short)
			}
			continue
		case k == trailer && !f.chunked, k == te, k == upgrade && h.status != 101 && h.status != 426,
			k != upgrade && h.staysHere(k, short):
			continue
		}
		out = append(append(out, short...), line[len(name):]...)
	}
	if f.chunked && !h.chunked {
		out = append(out, "Transfer-Encoding: chunked\r\n"...)
	}
	out = appendField(out, "Connection", f.says)
	return append(out, "\r\n"...)
}

// cutLine cuts the first line off, with its end.
func cutLine(p []byte) (line, rest []byte) {
	end := bytes.IndexByte(p, '\n') + 1
	return p[:end], p[end:]
}

func hasElement(list []byte, word string) bool {
	for len(list) > 0 {
		var one []byte
		if one, list = element(list); is(one, word) {
			return true
		}
	}
	return false
}
