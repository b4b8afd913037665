package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// command is a server's own client: a shell command with %d for the seconds, which exits with 0 when the answer came
// whole.
type command struct {
	probe string // what tells a server that can be reached at all: host:port; a refused connection is no rejection
	line  string
	user  string
}

func (c command) ask(children *children, seconds int) answer {
	conn, a := dial("tcp", c.probe, 0)
	if conn == nil {
		return a
	}
	conn.Close()
	_, done, err := c.start(children, seconds)
	if err != nil {
		return late
	}
	select {
	case status := <-done:
		if status == 0 {
			return served
		}
		return rejected
	case <-time.After(time.Duration(seconds)*time.Second + patience):
		return late
	}
}

// keep has a client ask for ages: there is no other way to have it stay.
func (c command) keep(*children) (io.Closer, error) {
	conn, a := dial("tcp", c.probe, 0)
	if conn == nil {
		return nil, fmt.Errorf("%s", a)
	}
	return conn, nil
}

func (c command) start(children *children, seconds int) (int, <-chan syscall.WaitStatus, error) {
	log, err := os.OpenFile("/client.log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, nil, err
	}
	defer log.Close()
	line := c.line
	if strings.Contains(line, "%d") {
		line = fmt.Sprintf(line, seconds)
	}
	return children.start([]string{"/bin/sh", "-c", "exec " + line}, c.user, nil, log)
}
