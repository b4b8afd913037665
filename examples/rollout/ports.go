package main

import (
	"errors"
	"net"
	"strconv"
	"sync"
)

// ports hands out loopback addresses that are free. They lie below the range
// from which the kernel takes the ports of outgoing connections (32768 and up,
// ip(7) ip_local_port_range): in it, two hundred connections a second would now
// and then sit on a port that a replica is about to listen on, and a connection
// to a replica that has gone can even meet itself.
type ports struct {
	mu   sync.Mutex
	next int // counted from firstPort; start it anywhere
}

const (
	firstPort = 20000
	lastPort  = 32000
)

var errNoPort = errors.New("no free port from " + strconv.Itoa(firstPort) + " to " + strconv.Itoa(lastPort))

// take returns the next free address. No two calls return the same one within
// one round of the range.
func (p *ports) take() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range lastPort - firstPort {
		port := firstPort + p.next%(lastPort-firstPort)
		p.next++
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if listener, err := net.Listen("tcp", addr); err == nil {
			listener.Close()
			return addr, nil
		}
	}
	return "", errNoPort
}
