package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// replyBody is how many bytes of a reply are read, so that a program is not
// reset in the middle of a short one. What follows is not looked at.
const replyBody = 64 << 10

// A callee is a program that is talked to at a URL somebody gave: the proxy
// variables, which are the program's own, do not count, and no redirect is
// followed, so that no answer can make drainit connect elsewhere.
type callee struct {
	url   *url.URL
	shown string // the URL without its query, which may hold a secret
}

// parseCallee reads a URL of one of the schemes. The error does not repeat it.
func parseCallee(s string, schemes ...string) (callee, error) {
	if !strings.Contains(s, "://") {
		return callee{}, missingScheme(withoutUser(s))
	}
	u, err := url.Parse(s)
	if err != nil {
		return callee{}, notURL(err)
	}
	if err := checkURL(u, schemes); err != nil {
		return callee{}, err
	}
	return callee{url: u, shown: u.Scheme + "://" + u.Host + u.EscapedPath()}, nil
}

// notURL says what is wrong with what is no URL, without a word of it: a / in a password ends
// the host, and the password is its port then.
func notURL(err error) error {
	var escape url.EscapeError
	var host url.InvalidHostError
	switch {
	case errors.As(err, &escape):
		return errors.New("not a URL: no two hexadecimal digits after a %; write %25 for a % itself")
	case errors.As(err, &host):
		return errors.New("not a URL: a character in the host that no host's name has")
	case strings.Contains(err.Error(), "invalid port"):
		return errors.New("not a URL: what follows the host's colon is no port")
	}
	return errors.New("not a URL; write one such as http://127.0.0.1:8080/healthz")
}

// missingScheme says what may have been meant by an address, a port or a path.
func missingScheme(s string) error {
	port, _, _ := strings.Cut(s, "/")
	_, err := strconv.ParseUint(port, 10, 16)
	switch {
	case port == "":
		return fmt.Errorf("missing scheme, address and port; write http://127.0.0.1:PORT%s", s)
	case err == nil:
		s = "127.0.0.1:" + s
	case port[0] == ':':
		s = "127.0.0.1" + s
	}
	return fmt.Errorf("missing scheme; did you mean http://%s?", s)
}

// withoutUser returns s without what stands before its last @, for messages.
func withoutUser(s string) string {
	return s[strings.LastIndexByte(s, '@')+1:]
}

// checkURL returns an error for a URL that nobody can be talked to at.
func checkURL(u *url.URL, schemes []string) error {
	if !slices.Contains(schemes, u.Scheme) {
		return fmt.Errorf("scheme %q: only %s", u.Scheme, accepted(schemes))
	}
	if u.User != nil {
		return errors.New("user name or password in the URL: not accepted, since it would show in manifests and in process lists; let the program answer drainit without")
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
	if u.Scheme != "tcp" && u.Scheme != "grpc" {
		return nil
	}
	if u.Port() == "" {
		return fmt.Errorf("missing port; write %s://%s:PORT%s", u.Scheme, u.Hostname(), u.EscapedPath())
	}
	if u.Scheme == "grpc" {
		return checkService(u)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return fmt.Errorf("a tcp check has no path; write tcp://%s, or http:// to ask for a page", u.Host)
	}
	return nil
}

// checkService returns an error for what is no name of a gRPC service.
func checkService(u *url.URL) error {
	service := grpcService(u.Path)
	switch {
	case u.RawQuery != "" || u.ForceQuery:
		return fmt.Errorf("a grpc check has no query; write grpc://%s%s", u.Host, u.EscapedPath())
	case len(service) > serviceLimit || !utf8.ValidString(service):
		return fmt.Errorf("the path is no name of a service; write grpc://%s/SERVICE, of %d bytes at most", u.Host, serviceLimit)
	}
	return nil
}

// accepted returns "http, https and tcp are accepted", or what else there is.
func accepted(schemes []string) string {
	last := len(schemes) - 1
	if last == 0 {
		return schemes[0] + " is accepted"
	}
	return strings.Join(schemes[:last], ", ") + " and " + schemes[last] + " are accepted"
}

// String returns the URL without its query.
func (c callee) String() string { return c.shown }

// addr returns where to connect to.
func (c callee) addr() string {
	port := c.url.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.url.Scheme]
	}
	return net.JoinHostPort(c.url.Hostname(), port)
}

// target returns what to ask for. [net/url.Parse] lets a space stand in a
// query, but not in a request.
func (c callee) target() string {
	return strings.ReplaceAll(c.url.RequestURI(), " ", "%20")
}

// talk connects and has converse do the rest. ctx has a deadline, which came
// with the limit that is told.
func (c callee) talk(ctx context.Context, limit time.Duration, converse func(net.Conn) error) error {
	conn, err := dial(ctx, c.addr())
	if err == nil {
		defer conn.Close()
		err = converse(conn)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("%s: no answer within %s", c.shown, limit)
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		err = dial.Err // the address has been said
	}
	return fmt.Errorf("%s: %w", c.shown, err)
}

// request sends one request, and returns nil if the status of the reply is good and
// the reply ends.
func (c callee) request(conn net.Conn, method, body string, good func(status int) error) error {
	if _, err := io.WriteString(conn, request(method, c.url.Host, c.target(), body)); err != nil {
		return err
	}
	return judge(conn, good)
}

// judge reads a reply and returns nil if its status is good and it ends.
func judge(from io.Reader, good func(status int) error) error {
	resp, err := readReply(from)
	if err != nil {
		return err
	}
	if err := good(resp.StatusCode); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, resp.Body, replyBody); err != nil && err != io.EOF {
		return err
	}
	return nil
}
