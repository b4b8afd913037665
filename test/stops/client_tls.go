package main

import (
	secure "crypto/tls"
	"net"
)

// tlsHello is the first message of a TLS client, in two pieces: the server answers it with its own.
func tlsHello(port int) client {
	ours, theirs := net.Pipe()
	defer ours.Close()
	defer theirs.Close()
	go secure.Client(theirs, &secure.Config{InsecureSkipVerify: true}).Handshake()
	hello := make([]byte, 4096)
	n, _ := ours.Read(hello)
	return lines{address: words("127.0.0.1:%d", port)[0], half: string(hello[:n/2]), send: string(hello[n/2 : n]), want: "\x16\x03\x03"}
}
