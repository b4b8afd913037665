package probe

import (
	"context"
	"fmt"
	"net"
	"time"
)

// A Post tells a program something over HTTP: a POST without a body.
type Post struct{ callee }

// ParsePost reads the URL of a post: http:// alone. The error says what is wrong
// and what would be right, without the URL.
func ParsePost(s string) (*Post, error) {
	to, err := parseCallee(s, "http")
	if err != nil {
		return nil, err
	}
	return &Post{to}, nil
}

// Run posts once, within the time given, and returns nil if the program took it:
// a status of 200 to 299. A redirect is not followed, and so is a failure.
func (p *Post) Run(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return p.talk(ctx, within, p.post)
}

func (p *Post) post(conn net.Conn) error {
	return p.request(conn, "POST", func(status int) error {
		switch {
		case status >= 300 && status <= 399:
			return fmt.Errorf("status %d; redirects are not followed", status)
		case status < 200 || status > 299:
			return fmt.Errorf("status %d", status)
		}
		return nil
	})
}
