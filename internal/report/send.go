package report

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// replyHead bounds what is read of an answer: its head, of which the status counts.
const replyHead = 64 << 10

// send sends one request over a connection of its own, and returns nil for a status of
// 200 to 299. It is not http.Client: that would follow redirects and know of proxies.
func send(ctx context.Context, method string, to *url.URL, kind string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, method, to.String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("no request can be made of the URL")
	}
	request.Close = true
	request.Header.Set("Content-Type", kind)
	request.Header.Set("User-Agent", "drainit")
	if to.User != nil {
		password, _ := to.User.Password()
		request.SetBasicAuth(to.User.Username(), password)
	}
	status, err := exchange(ctx, request)
	switch {
	case err != nil:
		return plainly(ctx, err)
	case status >= 300 && status <= 399:
		return fmt.Errorf("status %d; redirects are not followed", status)
	case status < 200 || status > 299:
		return fmt.Errorf("status %d", status)
	}
	return nil
}

// exchange sends a request and returns the status of the answer. What follows the head
// is not waited for.
func exchange(ctx context.Context, request *http.Request) (status int, err error) {
	conn, err := connect(ctx, request.URL)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := request.Write(conn); err != nil {
		return 0, err
	}
	head := bufio.NewReader(io.LimitReader(conn, replyHead))
	for {
		response, err := http.ReadResponse(head, request)
		if err != nil {
			return 0, err
		}
		if code := response.StatusCode; code >= 200 || code == http.StatusSwitchingProtocols {
			return code, nil
		}
	}
}

// connect opens the connection, which ends with ctx. The certificate is verified: unlike
// a check's this may be another machine's.
func connect(ctx context.Context, to *url.URL) (net.Conn, error) {
	port := to.Port()
	if port == "" {
		port = to.Scheme // a service's name, which every resolver of Go's knows
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(to.Hostname(), port))
	if err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until) // of a connection that has just been made
	}
	if to.Scheme == "https" {
		return tls.Client(conn, &tls.Config{ServerName: to.Hostname()}), nil
	}
	return conn, nil
}

// mostSaid bounds the words of an error in bytes: net/http's show what has come.
const mostSaid = 150

// Late is what there is to say where nothing came in time.
func Late() error { return errors.New("no answer in time") }

// plainly says what went wrong without addresses, and what took too long.
func plainly(ctx context.Context, err error) error {
	var timeout net.Error
	if ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
		return Late()
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	if said := err.Error(); len(said) > mostSaid {
		return errors.New(said[:mostSaid] + "...")
	}
	return err
}
