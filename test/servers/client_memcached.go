package main

import (
	"bufio"
	"io"
	"net"
	"strings"
	"time"
)

// memcached is its text protocol. Nothing there takes long but a value that comes slowly: half of it, and 3 s later the
// rest.
type memcached struct{ address string }

func (m memcached) prepare(slow bool) func() answer {
	return func() answer {
		conn, err := net.DialTimeout("tcp", m.address, patience)
		if err != nil {
			return failure(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(conn, "set key 0 0 4\r\nha")
		if slow {
			time.Sleep(3 * time.Second)
		}
		io.WriteString(conn, "lf\r\n")
		line, err := bufio.NewReader(conn).ReadString('\n')
		switch {
		case err != nil:
			return failure(err)
		case strings.TrimSpace(line) != "STORED":
			return rejected
		}
		return served
	}
}

func (m memcached) keep() (io.Closer, error) { return net.DialTimeout("tcp", m.address, patience) }
