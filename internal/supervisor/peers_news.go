package supervisor

import (
	"slices"
	"strings"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/peers"
	"drainit/internal/pod"
)

// killedStatus is what a peer left with that did not say: 128+9, as if SIGKILL
// had ended it, which most likely it did.
const killedStatus = 137

// heard is told what peers do.
func (s *supervisor) heard(n peers.News) {
	switch e := n.Event.(type) {
	case pod.Held:
		s.held(e)
	case pod.Served:
		if e.Late {
			s.step(drain.OrderOn{})
			s.log.Info("name taken over", "name", s.cfg.Settings.Name)
		}
	case pod.NotServed:
		s.log.Warn("name not served", "name", s.cfg.Settings.Name, "error", e.Err,
			"effect", "no peer can wait for this one", "remedy", "let the container open unix sockets")
	case pod.Visited:
		if e.Differs {
			s.ordersDiffer(e.Name, e.Order)
		}
		if slices.Contains(s.cfg.ExitWith, e.Name) {
			s.peers.Hurry()
		}
	case pod.Seen:
		s.seenPeer(n.Of, e)
	}
}

// held: of two drainits of one name nobody can say which a peer waits for. What
// is another user's is no reason not to wait for others.
func (s *supervisor) held(e pod.Held) {
	effect := "no peer can wait for this one"
	if e.Believed {
		s.step(drain.OrderOff{Why: "name held by another"})
		effect = "no peer is waited for, and none can wait for this one, until it goes"
	}
	s.log.Warn("name held by another", "name", s.cfg.Settings.Name, "uid", uidValue(e.UID, e.Known), "effect", effect,
		"remedy", "a name of its own for each container (DRAINIT_NAME); with hostNetwork also --pod-id, from metadata.uid")
}

// seenPeer is told of one peer.
func (s *supervisor) seenPeer(of peers.Role, e pod.Seen) {
	differs := e.Differs && e.Believed
	switch of {
	case peers.Before:
		if differs {
			s.step(drain.OrderOff{Why: "stop orders differ"})
		}
		s.step(drain.PeerSeen{Name: e.Name, Peer: peers.State(e), Absent: e.Absent})
		if e.Gone && !e.Absent {
			s.log.Info("peer gone", "peer", e.Name, "status", statusValue(e), "after", s.sinceStop())
		}
	case peers.ExitWith:
		if e.Gone && e.Believed {
			s.exitWith(e)
		}
	}
	if differs {
		s.ordersDiffer(e.Name, e.Order)
	}
	s.doubt(e)
}

// exitWith: a peer with which this one is to exit has gone.
func (s *supervisor) exitWith(e pod.Seen) {
	status := killedStatus
	if e.Exited {
		status = e.Status
	}
	s.gate.StopRequested()
	s.step(drain.PeerLeft{Name: e.Name, Status: status})
	s.log.Info("peer to exit with gone", "peer", e.Name, "status", statusValue(e))
}

// ordersDiffer says so once of each peer and order, and in a stop has nobody
// waited for.
func (s *supervisor) ordersDiffer(peer string, order []string) {
	if s.machine.State() == drain.Draining {
		s.step(drain.OrderOff{Why: "stop orders differ"})
	}
	theirs := strings.Join(order, ",")
	if s.sayOnce("order " + peer + " " + theirs) {
		s.log.Warn("stop orders differ", "peer", peer, "order", strings.Join(s.cfg.Settings.Order, ","), "peers_order", theirs,
			"effect", "in a stop neither waits for a peer", "remedy", "one ConfigMap or env file for all containers of the pod")
	}
}

// doubt says once what is wrong with who listens under a peer's name.
func (s *supervisor) doubt(e pod.Seen) {
	switch {
	case e.Err != nil:
		if s.sayOnce("unseen " + e.Name) {
			s.log.Warn("peer not seen", "peer", e.Name, "error", e.Err,
				"effect", "it is taken to be absent", "remedy", "let the container open unix sockets")
		}
	case e.Stranger:
		if s.sayOnce("stranger " + e.Name) {
			s.log.Warn("peer is no drainit", "peer", e.Name, "uid", uidValue(e.UID, e.Known),
				"effect", "it is waited for in a stop as one that says nothing, and not exited with",
				"remedy", "find out who listens there; a name of its own for each container (DRAINIT_NAME)")
		}
	case !e.Gone && e.Known && !e.Believed:
		if s.sayOnce("doubt " + e.Name) {
			s.log.Warn("peer not believed", "peer", e.Name, "uid", uidValue(e.UID, e.Known),
				"effect", "it is waited for in a stop, and not exited with",
				"remedy", "one user for all containers of the pod, or root for that one; else find out who listens there")
		}
	}
}

// sayOnce reports whether this is the first time. What is remembered is bounded,
// so that nobody fills the memory or the log.
func (s *supervisor) sayOnce(what string) bool {
	if s.peers.said[what] || len(s.peers.said) >= 4*config.MostNames {
		return false
	}
	s.peers.said[what] = true
	return true
}
