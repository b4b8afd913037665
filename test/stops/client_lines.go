package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// lines is a protocol in which a client sends words and gets an answer that has some in it, as many servers' are.
type lines struct {
	address string // host:port, or the path of a socket
	greets  bool   // the server speaks first
	send    string // with %d for the seconds, if it says how long it is to take
	half    string // sent first; then nothing for the seconds, then send
	want    string
	quick   string // sent instead of send where a request takes no time; "": send
}

func (l lines) talk(seconds int) (net.Conn, answer) {
	network := "tcp"
	if strings.HasPrefix(l.address, "/") {
		network = "unix"
	}
	conn, a := dial(network, l.address, seconds)
	if conn == nil {
		return nil, a
	}
	if l.greets {
		if _, err := conn.Read(make([]byte, 4096)); err != nil {
			return conn, failed(err)
		}
	}
	if l.half != "" {
		_, _ = io.WriteString(conn, l.half)
		time.Sleep(time.Duration(seconds) * time.Second)
	}
	send := l.send
	switch {
	case seconds == 0 && l.quick != "":
		send = l.quick
	case strings.Contains(send, "%d"):
		send = fmt.Sprintf(send, seconds)
	}
	if _, err := io.WriteString(conn, send); err != nil {
		return conn, failed(err)
	}
	var got []byte
	for buf := make([]byte, 4096); ; {
		n, err := conn.Read(buf)
		got = append(got, buf[:n]...)
		switch {
		case bytes.Contains(got, []byte(l.want)) || seconds == 0 && l.quick != "" && n > 0 && got[0] != '-':
			return conn, served
		case n > 0 && got[0] == '-':
			return conn, rejected
		case err != nil:
			return conn, failed(err)
		}
	}
}

func (l lines) ask(_ *children, seconds int) answer {
	conn, a := l.talk(seconds)
	if conn != nil {
		conn.Close()
	}
	return a
}

func (l lines) keep(*children) (io.Closer, error) {
	conn, a := l.talk(0)
	if a != served {
		return nil, errors.New(string(a))
	}
	return conn, nil
}
