package probe

import (
	"net/http"
	"strconv"
	"time"
)

// Every reply carries these, so that ctl can refuse the answer of another
// container's drainit: containers of a pod share a network namespace, and so
// each other's loopback addresses, but no PID namespace (unless
// shareProcessNamespace is set, hence the PID).
const (
	HeaderVersion      = "Drainit"               // the version
	HeaderPIDNamespace = "Drainit-Pid-Namespace" // inode of /proc/self/ns/pid, namespaces(7)
	HeaderPID          = "Drainit-Pid"           // drainit's PID in that namespace
	HeaderName         = "Drainit-Name"          // only if it was given one
)

// Identity is what every reply says of the drainit it is from. All but Name is
// required.
type Identity struct {
	Version      string
	Name         string
	PID          int
	PIDNamespace uint64
}

// A reply is made whole before any of it is written, so that a reader that
// stalls holds nothing but the bytes.
type reply struct {
	code        int
	contentType string
	body        string
}

const (
	plainText = "text/plain; charset=utf-8"

	// metricsText is Prometheus' text format, expfmt.FmtText.
	metricsText = "text/plain; version=0.0.4; charset=utf-8"
)

// text returns a reply in plain text.
func text(code int, body string) reply {
	return reply{code, plainText, body}
}

// index is the reply to /.
const index = `drainit: read-only, GET and HEAD

/readyz   200 or 503: may requests be sent here? ?verbose says why
/livez    200 or 503: is the program alive? 200 through the whole drain
/drain    JSON: state, timeline, what is waited for
/metrics  Prometheus
`

// health returns the reply for a verdict. A failing one always says why; 503
// is what balancers know, and kubelet takes anything from 400 on.
func health(e endpoint, verbose bool, v Verdict) reply {
	switch {
	case !v.OK:
		return text(http.StatusServiceUnavailable, v.verbose(e.String()))
	case verbose:
		return text(http.StatusOK, v.verbose(e.String()))
	}
	return text(http.StatusOK, "ok")
}

// fields calls add for each header field of every reply that is not HTTP's own.
func (id Identity) fields(add func(name, value string)) {
	add("Cache-Control", "no-store")
	add(HeaderVersion, id.Version)
	if id.Name != "" {
		add(HeaderName, id.Name)
	}
	add(HeaderPID, strconv.Itoa(id.PID))
	add(HeaderPIDNamespace, strconv.FormatUint(id.PIDNamespace, 10))
	add("X-Content-Type-Options", "nosniff")
}

// appendFields appends the same as they go over a connection.
func (id Identity) appendFields(b []byte) []byte {
	id.fields(func(name, value string) { b = append(b, name+": "+value+"\r\n"...) })
	return b
}

// appendReply appends a reply of the server's as it goes over the connection, which it
// ends. about is the fields of every reply.
func appendReply(b []byte, re reply, about []byte, f form) []byte {
	version := "HTTP/1.1 "
	if f&http10 != 0 {
		version = "HTTP/1.0 "
	}
	b = append(b, version...)
	b = strconv.AppendInt(b, int64(re.code), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(re.code)...)
	b = append(b, "\r\nConnection: close\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(re.body)), 10)
	b = append(b, "\r\nContent-Type: "...)
	b = append(b, re.contentType...)
	b = append(b, "\r\nDate: "...)
	b = time.Now().UTC().AppendFormat(b, http.TimeFormat)
	b = append(b, "\r\n"...)
	b = append(b, about...)
	b = append(b, "\r\n"...)
	if f&headOnly == 0 {
		b = append(b, re.body...)
	}
	return b
}
