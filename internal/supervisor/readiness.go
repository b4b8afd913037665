package supervisor

import (
	"net"
	"os"
	"strings"
	"sync/atomic"

	"drainit/internal/config"
	"drainit/internal/conns"
	"drainit/internal/drain"
	"drainit/internal/observe"
	"drainit/internal/peers"
	"drainit/internal/probe"
	"drainit/internal/proc"
	"drainit/internal/process"
)

// lookAround sets up what looks at sockets: the gate that decides readiness,
// what looks for anything reachable from outside, and what looks at connections
// in a stop. All leave drainit's own listener out. It returns where that is to
// count what it accepts.
func (s *supervisor) lookAround(own net.Listener) (accepted *atomic.Int64) {
	kept, self := new(proc.Kept), os.Getpid()
	descendants := s.front.proxy.Without(func() []int { return kept.Descendants(self) })
	finder := &conns.Finder{
		Processes: func() []int { return s.own.Without(descendants()) },
		Inodes:    kept.SocketInodes,
		UID:       s.childUID,
		Own:       s.front.proxy.Or(isOwn(own)),
		MayBePeer: peers.IsMarked,
		Peers:     new(peers.Probes).Among,
	}
	s.gate, s.view.listening = s.newGate(finder), s.front.proxy.OrReachable(reachable(finder))
	accepted = new(atomic.Int64)
	if s.front.proxy != nil {
		go s.guarded(func() { s.front.proxy.WatchTargets(finder, s.inbox.over, s.warnElsewhere) })
		s.view.evidence = s.front.proxy.Evidence()
		return accepted
	}
	s.view.program = observe.NewProgram(s.cfg.IdleChecks)
	o := &observe.Observer{Ports: s.portsOf(finder), Accepted: accepted, Log: s.log}
	_, o.Early = s.cfg.RemapExit[config.CleanStatus]
	if s.cfg.Plan.DelayMax > 0 { // the one thing read before a stop
		o.Arrivals = observe.NewArrivals(conns.PassiveOpens, accepted)
	}
	s.view.evidence = o.Evidence()
	return accepted
}

// look is a look at the connections and, where that is awaited, what the program says.
func (s *supervisor) look(awaited bool) drain.Observed {
	seen := s.view.evidence.Look()
	if awaited {
		s.guarded(func() { seen = s.view.program.Add(seen) })
	}
	return seen
}

// portsOf returns what tells the child's ports: as configured, or found.
func (s *supervisor) portsOf(finder *conns.Finder) func() ([]uint16, bool, string) {
	if s.cfg.PortsNone || len(s.cfg.Ports) > 0 {
		return func() ([]uint16, bool, string) { return s.cfg.Ports, true, "" }
	}
	return finder.Ports
}

func (s *supervisor) newGate(finder *conns.Finder) *probe.Gate {
	cfg := probe.GateConfig{Ready: s.cfg.ReadyCheck, Live: s.cfg.LiveCheck, Warn: s.warnUnready, First: func() { s.peers.Say(peers.Ready) }}
	if !s.cfg.PortsNone {
		cfg.Listening = func() (bool, string) { return finder.Listening(s.cfg.Ports) }
	}
	s.front.proxy.AddTo(&cfg, s.cfg, finder)
	gate := probe.NewGate(cfg)
	if gate.Green() { // there is nothing to ask
		s.peers.Say(peers.Ready)
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
		if s.front.proxy != nil && len(s.cfg.Ports) == 0 {
			remedy = "have the program listen on " + s.front.proxy.Expects() + ", or write where it does as the TARGET of --front"
		}
	}
	s.log.Warn("not ready yet", "why", detail, "remedy", remedy)
}

func (s *supervisor) childUID() (uint32, bool) {
	if proc.Check() != nil {
		return 0, false
	}
	st, err := proc.ReadStatus(s.child.PID)
	return uint32(st.UID), err == nil && st.UID >= 0
}

// isOwn tells drainit's own listening socket, by its inode.
func isOwn(l net.Listener) func(conns.Listener) bool {
	inode := process.InodeOf(l)
	return func(c conns.Listener) bool { return inode != 0 && c.Inode == inode }
}
