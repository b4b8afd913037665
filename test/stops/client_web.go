package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// web is HTTP/1.1 on TCP, with no request ever repeated. The paths of its requests are / and, for N seconds, slow with N
// in it.
type web struct {
	port int
	slow string // "": /sleep/%d
	fast string // "": /
}

func (w web) path(seconds int) string {
	switch {
	case seconds == 0 && w.fast == "":
		return "/"
	case seconds == 0:
		return w.fast
	case w.slow == "":
		return fmt.Sprintf("/sleep/%d", seconds)
	}
	return fmt.Sprintf(w.slow, seconds)
}

func (w web) get(seconds int) (net.Conn, answer) {
	conn, a := dial("tcp", fmt.Sprintf("127.0.0.1:%d", w.port), seconds)
	if conn == nil {
		return nil, a
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", w.path(seconds))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return conn, failed(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return conn, failed(err)
	}
	if res.StatusCode >= 400 {
		return conn, rejected
	}
	return conn, served
}

func (w web) ask(_ *children, seconds int) answer {
	conn, a := w.get(seconds)
	if conn != nil {
		conn.Close()
	}
	return a
}

func (w web) keep(*children) (io.Closer, error) {
	conn, a := w.get(0)
	if a != served {
		return nil, errors.New(string(a))
	}
	return conn, nil
}
