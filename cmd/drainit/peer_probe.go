package main

import (
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/conns"
)

// probeBacklog is the backlog, listen(2), of every drainit's probe listener.
// sock_diag(7) shows it to everybody in the network namespace, so that one
// drainit finds another's without a word to what belongs to somebody else.
// Where net.core.somaxconn is lower it does not show; then nobody is asked.
const probeBacklog = 1013

// askPeer bounds the question whether a listener is another drainit's: the loop
// waits for the answer at a stop request.
const askPeer = 250 * time.Millisecond

// markAsDrainits gives a listener the backlog of a drainit's.
func markAsDrainits(l net.Listener) {
	control(l, func(fd int) error { return unix.Listen(fd, probeBacklog) })
}

// peerProbes finds the probe listeners of other drainits: containers of a pod share
// a network namespace.
type peerProbes struct {
	mu    sync.Mutex
	known map[conns.Listener]bool
}

// knownPeers bounds what is remembered.
const knownPeers = 256

// is reports whether a listener is another drainit's. Only yes is remembered: a
// drainit that is starting answers a moment later.
func (p *peerProbes) is(l conns.Listener) bool {
	if l.Backlog != probeBacklog {
		return false
	}
	l.Queue = 0
	p.mu.Lock()
	known := p.known[l]
	p.mu.Unlock()
	if known || !answersAsDrainit(dialable(l.Addr.String()), askPeer) {
		return known
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= knownPeers {
		p.known = make(map[conns.Listener]bool)
	}
	p.known[l] = true
	return true
}
