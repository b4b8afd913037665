package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// longestBody bounds the body of a Post, in bytes.
const longestBody = 4096

// A Post tells a program something over HTTP: a POST or a PUT, with a body or
// without.
type Post struct {
	callee
	method, body string
}

// ParsePost reads "URL" or "URL body:TEXT", of which the method is POST or PUT. The
// URL is http:// alone and has no space; TEXT is sent as it is. The error says what
// is wrong and what would be right, without the URL and the text.
func ParsePost(method, s string) (*Post, error) {
	url, rest, hasRest := strings.Cut(s, " ")
	body, isBody := strings.CutPrefix(strings.TrimLeft(rest, " "), "body:")
	switch {
	case hasRest && !isBody:
		return nil, errors.New("a space, which no URL has; write %20 for it, or body:TEXT behind it for a body")
	case hasRest && body == "":
		return nil, errors.New("no text behind body:; leave body: out for none")
	case len(body) > longestBody:
		return nil, fmt.Errorf("%d bytes of body; %d are allowed", len(body), longestBody)
	}
	to, err := parseCallee(url, "http")
	if err != nil {
		return nil, err
	}
	return &Post{to, method, body}, nil
}

// Run asks once, within the time given, and returns nil if the program took it:
// a status of 200 to 299. A redirect is not followed, and so is a failure.
func (p *Post) Run(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return p.talk(ctx, within, p.tell)
}

func (p *Post) tell(conn net.Conn) error {
	return p.request(conn, p.method, p.body, func(status int) error {
		switch {
		case status >= 300 && status <= 399:
			return fmt.Errorf("status %d; redirects are not followed", status)
		case status < 200 || status > 299:
			return fmt.Errorf("status %d", status)
		}
		return nil
	})
}
