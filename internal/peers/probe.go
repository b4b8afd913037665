package peers

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/conns"
	"drainit/internal/probe"
	"drainit/internal/process"
)

// Backlog is the backlog, listen(2), of every drainit's probe listener.
// sock_diag(7) shows it to everybody in the network namespace, so that one
// drainit finds another's without a word to what belongs to somebody else.
// Where net.core.somaxconn is lower it does not show; then nobody is asked.
const Backlog = 1013

const (
	// askPeers bounds the question which listeners are other drainits', however
	// many are asked.
	askPeers = 200 * time.Millisecond

	// Asked is how many are asked at once. A pod has a handful of
	// containers; where more look like drainits somebody plays with the mark, and
	// nobody is asked: what is not known to be a drainit's counts as a program's.
	Asked = 16

	// knownPeers bounds what is remembered.
	knownPeers = 256
)

// Mark gives a listener the backlog of a drainit's.
func Mark(l net.Listener) {
	process.Control(l, func(fd int) error { return unix.Listen(fd, Backlog) })
}

// IsMarked reports whether a listener may be another drainit's.
func IsMarked(l conns.Listener) bool { return l.Backlog == Backlog }

// Probes finds the probe listeners of other drainits: containers of a pod share
// a network namespace.
type Probes struct {
	mu    sync.Mutex
	known map[conns.Listener]bool
}

// Among returns those of the listeners that are other drainits'. Only yes is
// remembered: a drainit that is starting answers a moment later.
func (p *Probes) Among(list []conns.Listener) map[conns.Listener]bool {
	peers := map[conns.Listener]bool{}
	var unknown []conns.Listener
	for _, l := range list {
		switch {
		case p.knows(l):
			peers[l] = true
		case IsMarked(l):
			unknown = append(unknown, l)
		}
	}
	if len(unknown) > Asked {
		return peers
	}
	answers := make([]bool, len(unknown))
	var all sync.WaitGroup
	for i, l := range unknown {
		all.Go(func() { answers[i] = IsDrainit(config.Dialable(l.Addr.String()), askPeers) })
	}
	all.Wait()
	for i, l := range unknown {
		if answers[i] {
			peers[l] = true
			p.remember(l)
		}
	}
	return peers
}

func (p *Probes) knows(l conns.Listener) bool {
	l.Queue = 0
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[l]
}

func (p *Probes) remember(l conns.Listener) {
	l.Queue = 0
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= knownPeers {
		p.known = make(map[conns.Listener]bool)
	}
	p.known[l] = true
}

// IsDrainit asks whoever listens on addr whether it is a drainit. Every
// answer of one says so in its header; that of / asks no program anything.
func IsDrainit(addr string, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	header, err := probe.FetchHeader(ctx, addr, "/")
	return err == nil && header.Get(probe.HeaderVersion) != ""
}
