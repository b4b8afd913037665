package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// fastCGI speaks the FastCGI 1.0 protocol to a server of scripts.
type fastCGI struct{ address, script string }

// record is one of FastCGI's records, without padding.
func record(kind byte, content string) string {
	head := []byte{1, kind, 0, 1, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(head[4:], uint16(len(content)))
	return string(head) + content
}

func (f fastCGI) ask(_ *children, seconds int) answer {
	network := "tcp"
	if strings.HasPrefix(f.address, "/") {
		network = "unix"
	}
	conn, a := dial(network, f.address, seconds)
	if conn == nil {
		return a
	}
	defer conn.Close()
	var params strings.Builder
	for name, value := range map[string]string{
		"SCRIPT_FILENAME": f.script, "REQUEST_METHOD": "GET", "REQUEST_URI": fmt.Sprintf("/sleep/%d", seconds), "QUERY_STRING": "",
	} {
		params.WriteString(string([]byte{byte(len(name)), byte(len(value))}) + name + value)
	}
	const begin, parameters, stdin = 1, 4, 5
	if _, err := io.WriteString(conn, record(begin, "\x00\x01\x00\x00\x00\x00\x00\x00")+record(parameters, params.String())+record(parameters, "")+record(stdin, "")); err != nil {
		return failed(err)
	}
	return f.read(conn)
}

// read is served when the answer was ended as it is to be.
func (f fastCGI) read(conn net.Conn) answer {
	const end, stdout = 3, 6
	var said strings.Builder
	for head := make([]byte, 8); ; {
		if _, err := io.ReadFull(conn, head); err != nil {
			return failed(err)
		}
		content := make([]byte, int(binary.BigEndian.Uint16(head[4:]))+int(head[6]))
		if _, err := io.ReadFull(conn, content); err != nil {
			return failed(err)
		}
		switch head[1] {
		case stdout:
			said.WriteString(string(content))
		case end:
			if !strings.Contains(said.String(), "ok\n") {
				return rejected
			}
			return served
		}
	}
}

func (f fastCGI) keep(*children) (io.Closer, error) { return nil, errors.New("none is kept") }
