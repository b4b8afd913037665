package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// checkLimit bounds one check, from its start. kubelet gives a probe 1 s
	// unless told otherwise (timeoutSeconds); an answer that says what hangs
	// must arrive before that, or the operator sees only "context deadline
	// exceeded".
	checkLimit = 800 * time.Millisecond

	// checkBody is how many bytes of a reply are read, so that a program is
	// not reset in the middle of a short one. What follows is not looked at.
	checkBody = 64 << 10
)

// A Check asks the program one question over the network: does it answer this
// URL, or does it accept a connection. It may be run by any number of
// goroutines at once; they share one connection.
type Check struct {
	url   *url.URL
	shown string // the URL without its query, which may hold a secret
	asks  flight[error]
}

// ParseCheck reads the URL of a check: http://, https:// or tcp://. The port of
// the first two may be left out. The error says what is wrong and what would
// be right; it does not repeat the URL, which the caller has and which may hold
// a password.
func ParseCheck(s string) (*Check, error) {
	if !strings.Contains(s, "://") {
		return nil, fmt.Errorf("missing scheme; did you mean http://%s?", withoutUser(s))
	}
	u, err := url.Parse(s)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err // without the whole URL in front
		}
		return nil, fmt.Errorf("not a URL: %w", err)
	}
	if err := checkURL(u); err != nil {
		return nil, err
	}
	return &Check{url: u, shown: u.Scheme + "://" + u.Host + u.EscapedPath()}, nil
}

// withoutUser returns s without what stands before its last @, for messages.
func withoutUser(s string) string {
	return s[strings.LastIndexByte(s, '@')+1:]
}

// checkURL returns an error for a URL that cannot be a check.
func checkURL(u *url.URL) error {
	switch u.Scheme {
	case "http", "https", "tcp":
	default:
		return fmt.Errorf("scheme %q: only http, https and tcp are accepted", u.Scheme)
	}
	if u.User != nil {
		return errors.New("user name or password in the URL: not accepted, since it would show in manifests and in process lists; let the program answer its health check without")
	}
	if u.Hostname() == "" {
		return fmt.Errorf("missing host; write %s://127.0.0.1%s%s", u.Scheme, u.Host, u.EscapedPath())
	}
	if strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return fmt.Errorf("host %q: write it in ASCII (xn--…), or as an address", u.Host)
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("port %q: a port is 1 to 65535", p)
		}
	}
	if u.Scheme != "tcp" {
		return nil
	}
	if u.Port() == "" {
		return fmt.Errorf("missing port; write tcp://%s:PORT", u.Host)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return fmt.Errorf("a tcp check has no path; write tcp://%s, or http:// to ask for a page", u.Host)
	}
	return nil
}

// String returns the URL without its query.
func (c *Check) String() string { return c.shown }

// Run asks, or waits for the answer being waited for already, and returns nil
// if it was good: a status of 200 to 399, or for tcp a connection. It returns
// within 800 ms, and at once when ctx is done. A redirect is good and is not
// followed, so that no answer of the program can make drainit connect
// elsewhere.
func (c *Check) Run(ctx context.Context) error {
	ask := c.asks.join(c.ask)
	select {
	case <-ask.done:
		return ask.answer
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", c.shown, ctx.Err())
	}
}

// ask runs the check once. Its limit is its own and not an asker's: others may
// have joined.
func (c *Check) ask() error {
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	conn, err := dial(ctx, c.addr())
	if err == nil {
		defer conn.Close()
		err = c.converse(conn)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("%s: no answer within %s", c.shown, checkLimit)
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		err = dial.Err // the address has been said
	}
	return fmt.Errorf("%s: %w", c.shown, err)
}

// addr returns where to connect to.
func (c *Check) addr() string {
	port := c.url.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.url.Scheme]
	}
	return net.JoinHostPort(c.url.Hostname(), port)
}

// target returns what to ask for. [net/url.Parse] lets a space stand in a
// query, but not in a request.
func (c *Check) target() string {
	return strings.ReplaceAll(c.url.RequestURI(), " ", "%20")
}

// converse returns nil if what answers on conn is well. For tcp it is, having
// accepted.
//
// A certificate is not verified, as with kubelet's own HTTPS probes ("the
// kubelet sends an HTTPS request skipping the certificate verification",
// Kubernetes docs, "Configure Liveness, Readiness and Startup Probes"): it is
// the program's, for its public name, asked on a loopback address.
func (c *Check) converse(conn net.Conn) error {
	switch c.url.Scheme {
	case "http":
		return c.get(conn)
	case "https":
		return c.get(tls.Client(conn, &tls.Config{ServerName: c.url.Hostname(), InsecureSkipVerify: true}))
	}
	return nil
}

// get sends one GET. A reply that does not end in time is not good, whatever
// its status, as for kubelet.
func (c *Check) get(conn net.Conn) error {
	resp, err := roundTrip(conn, c.url.Host, c.target())
	if err != nil {
		return err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 399 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	if _, err := io.CopyN(io.Discard, resp.Body, checkBody); err != nil && err != io.EOF {
		return err
	}
	return nil
}
