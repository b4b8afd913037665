// Package conns sees the TCP sockets of this network namespace as the kernel
// shows them to an unprivileged process, through sock_diag(7) or, where that
// is refused, proc_pid_net(5). It opens no connection and changes nothing.
// Which processes are the child's, and what follows from a fact, is decided
// elsewhere.
//
// In a pod the namespace is shared: sockets of other containers are seen too.
// UDP is not looked at: it has no listening state, so that nothing tells a
// server's socket from a resolver's.
package conns

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Listener is a TCP socket in state LISTEN.
type Listener struct {
	Addr    netip.AddrPort // unspecified for all addresses; :: may or may not take IPv4 too; IPv4 mapped into IPv6 is given as IPv4
	UID     uint32         // who made the socket, as this user namespace numbers it
	Inode   uint64         // as in the link "socket:[N]" under /proc/PID/fd; 0 where the kernel does not say
	Queue   uint32         // established connections nobody has accepted yet: closing the socket resets them
	Backlog uint32         // most that Queue may be, listen(2); 0 where the kernel does not say
}

// Listeners returns every listener of this network namespace once, by address.
// It takes some microseconds through sock_diag(7), however many connections
// there are, and milliseconds where only /proc/net/tcp is to be had, whose
// length is that of all connections. A kernel without IPv6 has no IPv6 rows;
// that is no error.
func Listeners() ([]Listener, error) {
	list, err := diagListeners()
	if err != nil {
		var procErr error
		if list, procErr = procListeners("/proc/net"); procErr != nil {
			return nil, fmt.Errorf("%w; %w", err, procErr)
		}
	}
	return normal(list), nil
}

// normal sorts, and drops what a listing that is not atomic shows twice.
func normal(list []Listener) []Listener {
	slices.SortFunc(list, func(a, b Listener) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Inode, b.Inode))
	})
	return slices.CompactFunc(list, func(a, b Listener) bool {
		return a.identity() == b.identity()
	})
}

// identity is what stays the same as long as the socket listens.
func (l Listener) identity() Listener {
	l.Queue, l.Backlog = 0, 0
	return l
}

// ports returns the port of each of list, once.
func ports(list []Listener) []uint16 {
	var ports []uint16
	for _, l := range list {
		ports = append(ports, l.Addr.Port())
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// commas writes ports for people: "8080, 9090".
func commas(ports []uint16) string {
	texts := make([]string, len(ports))
	for i, p := range ports {
		texts[i] = strconv.Itoa(int(p))
	}
	return strings.Join(texts, ", ")
}
