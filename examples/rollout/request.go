package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// get sends one GET over a connection of its own and returns the version that
// answered. Everything must be over by deadline.
//
// It is written on the socket rather than with http.Client, which repeats some
// failed requests by itself and would hide what is measured here.
func get(addr string, deadline time.Time) (version string, err error) {
	// KeepAlive off: fewer system calls, nothing else.
	dialer := net.Dialer{Deadline: deadline, KeepAlive: -1}
	conn, err := dialer.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(deadline)
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", addr); err != nil {
		return "", err
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		return "", unlessCut(reader, err)
	}
	defer response.Body.Close()
	// The body has a Content-Length: one cut short is io.ErrUnexpectedEOF.
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d, want 200", response.StatusCode)
	}
	return response.Header.Get("X-Version"), nil
}

// unlessCut returns err, unless it blames the text of the answer and the reason is
// that the connection ended: a head cut in the middle of a line is malformed.
func unlessCut(reader *bufio.Reader, err error) error {
	if classify(err) != other {
		return err
	}
	if _, end := reader.Peek(1); errors.Is(end, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
