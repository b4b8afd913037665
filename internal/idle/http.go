package idle

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

const (
	// headLimit bounds the head of an answer, and bodyLimit what is read behind it.
	headLimit = 64 << 10
	bodyLimit = 1 << 20
)

// get asks over a connection of its own, without http.Client, which would follow redirects
// and is a large part of net/http. close ends it.
func get(ctx context.Context, u *url.URL) (response *http.Response, close func(), err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	request.Close = true
	if u.User != nil {
		password, _ := u.User.Password()
		request.SetBasicAuth(u.User.Username(), password)
	}
	conn, err := connect(ctx, u)
	if err != nil {
		return nil, nil, plainly(ctx, err)
	}
	if err := request.Write(conn); err != nil {
		conn.Close()
		return nil, nil, plainly(ctx, err)
	}
	reader := bufio.NewReader(io.LimitReader(conn, headLimit+bodyLimit))
	response, err = http.ReadResponse(reader, request)
	for err == nil && response.StatusCode < 200 && response.StatusCode != http.StatusSwitchingProtocols { // such as early hints
		response, err = http.ReadResponse(reader, request)
	}
	if err != nil {
		conn.Close()
		return nil, nil, plainly(ctx, err)
	}
	return response, func() { conn.Close() }, nil
}

// connect opens the connection, which ends with ctx. Any certificate is taken: it is the
// program's, for its public name, asked on its own machine.
func connect(ctx context.Context, u *url.URL) (net.Conn, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until) // of a connection that has just been made
	}
	if u.Scheme == "https" {
		return tls.Client(conn, &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true}), nil
	}
	return conn, nil
}

// plainly says what went wrong without addresses, and what took too long.
func plainly(ctx context.Context, err error) error {
	var timeout net.Error
	if ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
		return errLate
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// askStatus takes the status for the answer.
func askStatus(ctx context.Context, u *url.URL) Answer {
	response, end, err := get(ctx, u)
	if err != nil {
		return unknown(err)
	}
	defer end()
	says := fmt.Sprintf("status %d", response.StatusCode)
	switch code := response.StatusCode; {
	case code >= 200 && code <= 399:
		return Answer{true, says}
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		return Answer{false, says}
	}
	return unknown(errors.New(says))
}

// askText asks for a text that is short enough.
func askText(ctx context.Context, u *url.URL) ([]byte, error) {
	response, end, err := get(ctx, u)
	if err != nil {
		return nil, err
	}
	defer end()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit+1))
	switch {
	case len(text) > bodyLimit:
		return nil, fmt.Errorf("an answer of more than %d MiB", bodyLimit>>20)
	case err != nil:
		return nil, plainly(ctx, err)
	}
	return text, nil
}
