// Package idle asks the program, in its own words, whether it still works on something:
// what drainit cannot see from outside, such as a queue's jobs or HTTP/2 streams.
package idle

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Limit bounds one question, whatever the program does with it.
const Limit = 900 * time.Millisecond

// An Answer is what a check has found.
type Answer struct {
	Idle bool
	Says string // what was found, or why that is not known
}

// A Check is one question. It is asked by one goroutine at a time.
type Check struct {
	text string // without what may be secret
	ask  func(context.Context) Answer
}

// String returns the check as it may be shown.
func (c *Check) String() string { return c.text }

// Ask asks, for [Limit] at most. What is not known is not idle.
func (c *Check) Ask() Answer {
	ctx, cancel := context.WithTimeout(context.Background(), Limit)
	defer cancel()
	answer := make(chan Answer, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				answer <- unknown(fmt.Errorf("panic: %v", p))
			}
		}()
		answer <- c.ask(ctx)
	}()
	select {
	case a := <-answer:
		return a
	case <-ctx.Done(): // a file system that hangs
		return unknown(errLate)
	}
}

var errLate = errors.New("no answer in time")

// saysMost bounds the words of an error in bytes: net/http's show what has come.
const saysMost = 100

func unknown(err error) Answer {
	says := err.Error()
	if len(says) > saysMost {
		says = strings.ToValidUTF8(says[:saysMost], "") + "..."
	}
	return Answer{Says: "unknown: " + says}
}

var errKind = errors.New("no check; write http://127.0.0.1:8080/drained, metric:URL#NAME, gone:PATH or there:PATH")

// Parse reads a check: an http or https URL that is idle at a status of 200 to 399 and busy
// at 429 and 503; metric:URL#SUM, idle where the sum of the series is 0; gone:PATH and
// there:PATH, idle where the file is gone, or there. The error says what would be right,
// and does not repeat s, which may hold a password.
func Parse(s string) (*Check, error) {
	kind, what, _ := strings.Cut(s, ":")
	switch kind {
	case "http", "https":
		u, err := parseURL(s)
		if err != nil {
			return nil, err
		}
		return &Check{shown(u), func(ctx context.Context) Answer { return askStatus(ctx, u) }}, nil
	case "metric":
		return parseMetric(what)
	case "gone", "there":
		if !strings.HasPrefix(what, "/") {
			return nil, errors.New("no path; write the whole one, such as " + kind + ":/run/app/busy")
		}
		return &Check{s, func(context.Context) Answer { return askFile(what, kind == "there") }}, nil
	}
	return nil, errKind
}

func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("no URL; write one such as http://127.0.0.1:8080/drained")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, fmt.Errorf("port %q: a port is 1 to 65535", port)
		}
	}
	return u, nil
}

// shown is a URL without user and query, which may be secret.
func shown(u *url.URL) string {
	short := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return short.String()
}
