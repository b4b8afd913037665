package main

import (
	"net"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"drainit/internal/conns"
	"drainit/internal/drain"
	"drainit/internal/probe"
	"drainit/internal/proc"
)

// lookAround sets up what looks at sockets: the gate that decides readiness,
// what looks for anything reachable from outside, and what looks at connections
// in a stop. All leave drainit's own listener out. It returns where that is to
// count what it accepts.
func (s *supervisor) lookAround(own net.Listener) (accepted *atomic.Int64) {
	finder := &conns.Finder{
		Processes: s.proxy.without(childProcesses),
		Inodes:    proc.SocketInodes,
		UID:       s.childUID,
		Own:       s.proxy.or(isOwn(own)),
		Peer:      new(peerProbes).is,
	}
	s.gate, s.listening = s.newGate(finder), s.proxy.orReachable(reachable(finder))
	accepted = new(atomic.Int64)
	if s.proxy != nil {
		s.evidence = s.proxy.evidence()
		return accepted
	}
	o := &observer{ports: s.portsOf(finder), log: s.log}
	if s.cfg.Plan.DelayMax > 0 { // the one thing read before a stop
		o.arrivals = newArrivals(conns.PassiveOpens, accepted)
	}
	s.evidence = o.evidence()
	return accepted
}

// portsOf returns what tells the child's ports: as configured, or found.
func (s *supervisor) portsOf(finder *conns.Finder) func() ([]uint16, bool, string) {
	if s.cfg.PortsNone || len(s.cfg.Ports) > 0 {
		return func() ([]uint16, bool, string) { return s.cfg.Ports, true, "" }
	}
	return finder.Ports
}

func (s *supervisor) newGate(finder *conns.Finder) *probe.Gate {
	cfg := probe.GateConfig{Ready: s.cfg.ReadyCheck, Live: s.cfg.LiveCheck, Warn: s.warnUnready, First: func() { s.peers.say(peerReady) }}
	if !s.cfg.PortsNone {
		cfg.Listening = func() (bool, string) { return finder.Listening(s.cfg.Ports) }
	}
	s.proxy.addTo(&cfg, s.cfg, finder)
	gate := probe.NewGate(cfg)
	if gate.Green() { // there is nothing to ask
		s.peers.say(peerReady)
	}
	return gate
}

func reachable(finder *conns.Finder) func() drain.Answer {
	return func() drain.Answer {
		listens, known := finder.NonLoopback()
		switch {
		case !known:
			return drain.Unknown
		case listens:
			return drain.Yes
		}
		return drain.No
	}
}

// warnUnready is called once, when readiness has been red for a while.
func (s *supervisor) warnUnready(detail string) {
	remedy := "the program's own check fails; ask /readyz?verbose, and the program why"
	if strings.Contains(detail, "ports: ") {
		remedy = "--ports none for a program without ports, or the ports it listens on"
	}
	s.log.Warn("not ready yet", "why", detail, "remedy", remedy)
}

func (s *supervisor) childUID() (uint32, bool) {
	if proc.Check() != nil {
		return 0, false
	}
	st, err := proc.ReadStatus(s.child.pid)
	return uint32(st.UID), err == nil && st.UID >= 0
}

// isOwn tells drainit's own listening socket, by its inode.
func isOwn(l net.Listener) func(conns.Listener) bool {
	inode := inodeOf(l)
	return func(c conns.Listener) bool { return inode != 0 && c.Inode == inode }
}

// inodeOf returns the inode of a socket, 0 where there is none.
func inodeOf(l net.Listener) uint64 {
	var st unix.Stat_t
	if !control(l, func(fd int) error { return unix.Fstat(fd, &st) }) {
		return 0
	}
	return st.Ino
}

// control does something with a listener's socket and reports whether it could.
func control(l net.Listener, do func(fd int) error) bool {
	conn, ok := l.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	done := raw.Control(func(fd uintptr) { err = do(int(fd)) })
	return done == nil && err == nil
}
