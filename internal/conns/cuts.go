package conns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Groups of sock_diag(7) in which the kernel tells of each TCP socket that it
// destroys, with the last of what it knew of it: SKNLGRP_INET_TCP_DESTROY (1) and
// SKNLGRP_INET6_TCP_DESTROY (3), include/uapi/linux/sock_diag.h. Anybody may listen,
// in the own network namespace.
const destroyGroups = 1<<0 | 1<<2

// countPatience is how long the ends of connections are waited for after the
// process has gone: the kernel tells of them from a work queue of its own, and
// of one that is closed only once the peer knows.
const countPatience = 100 * time.Millisecond

// In countLeast it has told of those that nobody had seen in flight: a request may
// have come since the last look.
const (
	countLeast = 25 * time.Millisecond
	countPause = 2 * time.Millisecond
)

// maxEarlier is how many ends are remembered from one look to the next: where
// looks hang there is no end of them.
const maxEarlier = 1 << 16

// Cuts counts the connections of some local ports that end while a request is
// in flight on them. It is safe for concurrent use.
type Cuts struct {
	ports  []uint16
	events *socket

	mu      sync.Mutex
	begun   bool
	before  map[uint64]verdict // those that ended before Begin, from the last Looking but one to the last, by cookie
	earlier map[uint64]verdict // and since
	ended   map[uint64]verdict // since Begin
	told    int                // ends, ever
	lost    bool               // the kernel told more than could be read
}

// FollowCuts begins to listen, until the process ends: nobody needs to stop it
// earlier.
func FollowCuts(ports []uint16) (*Cuts, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("sock_diag: %w", err)
	}
	c := &Cuts{ports: ports, events: newSocket(fd), earlier: make(map[uint64]verdict)}
	err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: destroyGroups})
	if err == nil {
		err = onlyPorts(fd, ports)
	}
	if err != nil {
		c.events.close()
		return nil, fmt.Errorf("sock_diag, destroyed sockets: %w", err)
	}
	go c.follow()
	return c, nil
}

// onlyPorts has the kernel drop what is about other local ports: there may be
// more of that than could be read. It is a filter of socket(7), SO_ATTACH_FILTER.
func onlyPorts(fd int, ports []uint16) error {
	const most = 64 // jumps reach no further than 255
	if len(ports) > most {
		return nil
	}
	filter := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: unix.SizeofNlMsghdr + localPort}}
	for i, p := range ports {
		filter = append(filter, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: uint8(len(ports) - i), K: uint32(p)})
	}
	filter = append(filter,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 1<<32 - 1})
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
}

// follow reads what the kernel tells. A mistake of our own costs the count, and
// must not end PID 1.
func (c *Cuts) follow() {
	defer func() {
		if recover() != nil {
			c.mu.Lock()
			c.lost = true
			c.mu.Unlock()
		}
	}()
	for {
		b, err := c.events.receive()
		if err == nil {
			_, err = parseDatagram(binary.NativeEndian, b, 0, c.end)
		}
		if err != nil {
			c.mu.Lock()
			c.lost = true
			c.mu.Unlock()
		}
		if err != nil && !errors.Is(err, unix.ENOBUFS) && !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// end notes the end of a connection.
func (c *Cuts) end(r row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case r.state == tcpListen || !slices.Contains(c.ports, r.local.Port()):
		return
	case c.begun:
		c.ended[r.cookie] = r.atEnd()
	case len(c.earlier) < maxEarlier:
		c.earlier[r.cookie] = r.atEnd()
	default:
		c.lost = true
	}
	c.told++
}

// atEnd is the verdict on a connection that the program has closed: the FINs,
// which count as bytes of the stream, count no more.
func (r row) atEnd() verdict {
	i := r.info
	if i.known && i.received == 0 && i.sent == 0 {
		return idle // or a listening socket, of which some seem to have something unsent (shutdown(2))
	}
	i.unacked, i.received = 0, max(i.received, 1)-1
	return connection{tcpEstablished, max(r.rqueue, 1) - 1, max(r.wqueue, 1) - 1, i}.open()
}

// Looking is called before every look: what ends after it, and before Begin, is
// a connection that the look may have seen and nobody has cut. Those that ended
// before the look before are forgotten.
func (c *Cuts) Looking() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.before, c.earlier = c.earlier, make(map[uint64]verdict)
	}
}

// Begin has connections counted that end from now on.
func (c *Cuts) Begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.begun, c.ended = true, make(map[uint64]verdict)
	}
}

// Count returns how many connections were cut since Begin, at least and at most,
// and whether that is known. The two differ where the kernel does not tell what
// became of a connection, and before Begin, where it does not tell who ended one.
//
// It is called when the program has gone, with the cookies of those that may have
// been in flight when it was looked at last, and waits up to countPatience to learn
// what became of them. One that another process still has open is not cut, unless
// that is doomed: killed by then, or about to be.
func (c *Cuts) Count(suspects []uint64, doomed bool) (least, most int, known bool) {
	begin, told := time.Now(), -1
	for ; ; time.Sleep(countPause) {
		now, err := c.closing(doomed)
		t := c.tally(now, suspects)
		waited := time.Since(begin)
		settled := t.missing == 0 && t.told == told && waited >= countLeast
		switch {
		case t.lost || err != nil:
			return 0, 0, false
		case settled || waited > countPatience:
			return t.least, t.most + t.missing, true
		}
		told = t.told
	}
}

// closing returns the verdict on each connection that is still there.
func (c *Cuts) closing(doomed bool) (map[uint64]verdict, error) {
	now := make(map[uint64]verdict)
	err := diagConnections(c.ports, func(r row) {
		open := r.state == tcpEstablished || r.state == tcpCloseWait
		switch {
		case r.state == tcpListen || !slices.Contains(c.ports, r.local.Port()):
		case !open:
			now[r.cookie] = r.atEnd()
		case doomed:
			now[r.cookie] = connection{r.state, r.rqueue, r.wqueue, r.info}.open()
		default:
			now[r.cookie] = idle // and somebody's, who may still answer
		}
	})
	return now, err
}

// counted is what is known of cuts.
type counted struct {
	least, most int
	missing     int // suspects of which the kernel has not told
	told        int // ends it has told of, ever
	lost        bool
}

// tally counts the ended and those of now, each once.
func (c *Cuts) tally(now map[uint64]verdict, suspects []uint64) (t counted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []map[uint64]verdict{c.ended}
	if !c.begun {
		all = []map[uint64]verdict{c.before, c.earlier}
	}
	for _, ends := range all {
		maps.Copy(now, ends)
	}
	for _, v := range now {
		if v == inFlight && c.begun {
			t.least++
		}
		if v == inFlight || v == undecided {
			t.most++
		}
	}
	for _, cookie := range suspects {
		_, isThere := now[cookie]
		_, wasEarlier := c.earlier[cookie]
		_, wasBefore := c.before[cookie]
		if !isThere && !wasEarlier && !wasBefore {
			t.missing++
		}
	}
	t.told, t.lost = c.told, c.lost
	return t
}
