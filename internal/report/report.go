// Package report sends the drain report to where somebody collects them: as JSON, or
// as metrics to a Pushgateway.
package report

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// longestURL bounds the text of a sink, in bytes.
const longestURL = 2048

// A Sink is a place that reports are sent to.
type Sink struct {
	text    string // as it was given: it may hold a password
	url     *url.URL
	metrics bool // to a Pushgateway
}

// Parse reads post:URL or pushgateway:URL. The error says what would be right, and
// does not repeat s, which may hold a password.
func Parse(s string) (Sink, error) {
	kind, address, _ := strings.Cut(s, ":")
	switch {
	case kind == "http" || kind == "https":
		return Sink{}, errors.New("for what? did you mean post:" + kind + "://…, or pushgateway:" + kind + "://…?")
	case kind != "post" && kind != "pushgateway":
		return Sink{}, errors.New("no place for a report; write post:URL, pushgateway:URL, or none")
	case len(s) > longestURL:
		return Sink{}, fmt.Errorf("%s: a URL of more than %d bytes", kind, longestURL)
	case !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://"):
		return Sink{}, fmt.Errorf("%s: neither http:// nor https://; write %[1]s:http://HOST:PORT/PATH", kind)
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.Contains(address, " ") || strings.ContainsFunc(u.Host, func(r rune) bool { return r > '~' }) {
		return Sink{}, fmt.Errorf("%s: no URL; write %[1]s:%s://HOST:PORT/PATH, in ASCII, and %%20 for a space", kind, address[:strings.IndexByte(address, ':')])
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return Sink{}, fmt.Errorf("%s: port %q: a port is 1 to 65535", kind, port)
		}
	}
	return Sink{s, u, kind == "pushgateway"}, nil
}

// String returns the sink as it may be shown: without user and query.
func (s Sink) String() string {
	kind := "post:"
	if s.metrics {
		kind = "pushgateway:"
	}
	return kind + s.url.Scheme + "://" + s.url.Host + s.url.EscapedPath()
}

// Text returns the sink as it was given.
func (s Sink) Text() string { return s.text }

// Send sends a report: an object of JSON that has the texts job and instance. It
// returns nil if the other side took it. ctx must have a deadline.
func (s Sink) Send(ctx context.Context, report []byte) error {
	if !s.metrics {
		return send(ctx, http.MethodPost, s.url, "application/json", report)
	}
	var values map[string]any
	if err := json.Unmarshal(report, &values); err != nil {
		return err
	}
	return send(ctx, http.MethodPut, group(s.url, values), "text/plain; version=0.0.4; charset=utf-8", Metrics(values))
}

// group returns the URL of a group of metrics, which is given whole or made of the
// report's job and instance.
func group(base *url.URL, values map[string]any) *url.URL {
	if strings.Contains(base.Path, "/metrics/job") {
		return base
	}
	return base.JoinPath("metrics", label("job", values), label("instance", values))
}

// plain is what a label's value in a path may be made of without being encoded.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

// label returns a label and its value as two parts of a path, as Pushgateway's README
// has them: what is no plain part is in base64, and nothing is "=".
func label(name string, values map[string]any) string {
	value, _ := values[name].(string)
	if strings.Trim(value, plain) != "" || strings.HasPrefix(value, ".") || value == "" {
		name, value = name+"@base64", base64.RawURLEncoding.EncodeToString([]byte(value))
	}
	if value == "" {
		value = "="
	}
	return name + "/" + value
}
