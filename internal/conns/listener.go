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
	"fmt"
	"net/netip"
	"slices"
	"sort"
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
func Listeners() ([]Listener, error) { return new(lister).listeners() }

// lister lists listeners again and again, in memory that it keeps. It is not safe for
// concurrent use.
type lister struct {
	socket socket
	table  table
	list   listing
}

// listeners is Listeners. The list is valid until the next call.
func (l *lister) listeners() ([]Listener, error) {
	list, err := l.diag(l.list[:0])
	if err != nil {
		var procErr error
		if list, procErr = l.table.listeners("/proc/net", l.list[:0]); procErr != nil {
			return nil, fmt.Errorf("sock_diag: %w; %w", err, procErr)
		}
	}
	l.list = list
	l.list.normalize()
	return l.list, nil
}

// diag appends what sock_diag(7) lists. What refuses it: gVisor with
// EPROTONOSUPPORT, seccomp filters with EPERM or EACCES, a kernel without
// tcp_diag with ENOENT.
func (l *lister) diag(list []Listener) ([]Listener, error) {
	if err := l.socket.open(); err != nil {
		return nil, err
	}
	defer l.socket.close()
	return l.socket.listeners(list)
}

// listing is put in order by [sort.Sort], by way of a pointer as that makes no garbage:
// slices.SortFunc would be another 20 KB of each image.
type listing []Listener

func (l *listing) Len() int      { return len(*l) }
func (l *listing) Swap(i, j int) { (*l)[i], (*l)[j] = (*l)[j], (*l)[i] }
func (l *listing) Less(i, j int) bool {
	a, b := &(*l)[i], &(*l)[j]
	order := a.Addr.Compare(b.Addr)
	return order < 0 || order == 0 && a.Inode < b.Inode
}

// normalize sorts, and drops what a listing that is not atomic shows twice.
func (l *listing) normalize() {
	sort.Sort(l)
	*l = slices.CompactFunc(*l, func(a, b Listener) bool { return a.identity() == b.identity() })
}

// identity is what stays the same as long as the socket listens.
func (l Listener) identity() Listener {
	l.Queue, l.Backlog = 0, 0
	return l
}

// ports returns the port of each of list, once.
func ports(list []Listener) []uint16 { return appendPorts(nil, list) }

func appendPorts(to []uint16, list []Listener) []uint16 {
	for _, l := range list {
		to = append(to, l.Addr.Port())
	}
	slices.Sort(to)
	return slices.Compact(to)
}

// commas writes ports for people: "8080, 9090".
func commas(ports []uint16) string {
	texts := make([]string, len(ports))
	for i, p := range ports {
		texts[i] = strconv.Itoa(int(p))
	}
	return strings.Join(texts, ", ")
}
