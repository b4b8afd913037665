package main

import (
	"net"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"drainit/internal/conns"
	"drainit/internal/drain"
	"drainit/internal/probe"
	"drainit/internal/proc"
)

// newGate returns the gate that decides readiness, and what looks for anything
// reachable from outside; both read the listening sockets of the network
// namespace, and leave drainit's own out.
func (s *supervisor) newGate(own net.Listener) (*probe.Gate, func() drain.Answer) {
	finder := &conns.Finder{
		Processes: childProcesses,
		Inodes:    proc.SocketInodes,
		UID:       s.childUID,
		Own:       isOwn(own),
	}
	cfg := probe.GateConfig{Ready: s.cfg.ReadyCheck, Live: s.cfg.LiveCheck, Warn: s.warnUnready}
	if !s.cfg.PortsNone {
		cfg.Listening = func() (bool, string) { return finder.Listening(s.cfg.Ports) }
	}
	return probe.NewGate(cfg), func() drain.Answer {
		reachable, known := finder.NonLoopback()
		switch {
		case !known:
			return drain.Unknown
		case reachable:
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
	conn, ok := l.(syscall.Conn)
	if !ok {
		return 0
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0
	}
	var st unix.Stat_t
	_ = raw.Control(func(fd uintptr) { err = unix.Fstat(int(fd), &st) })
	if err != nil {
		return 0
	}
	return st.Ino
}
