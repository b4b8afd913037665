package drain

import (
	"fmt"
	"strings"
	"time"
)

const (
	// stayAfter is how long after T0 a peer may still be asked to stop: a
	// platform signals all containers of a pod at once, but each after its own
	// preStop hook. One not asked by then, or by the end of a longer drain delay,
	// is taken to stay.
	stayAfter = 10 * time.Second

	// peersAtMost bounds the waiting for peers where no deadline is known. It
	// fits into the grace period that Kubernetes gives unless told otherwise.
	peersAtMost = 20 * time.Second
)

// Peer is what another drainit of the pod is doing, as far as it matters here.
type Peer int

const (
	PeerUnknown  Peer = iota // it is there, and has not said
	PeerRunning              // it was not asked to stop
	PeerStopping             // it was
	PeerGone                 // it is no more, or never was
)

var peerNames = [...]string{"has not said what it does", "not asked to stop", "stopping", "gone"}

func (p Peer) String() string { return peerNames[p] }

// Before returns the names before this one's in the stop order.
func (s Settings) Before() []string {
	for i, name := range s.Order {
		if name == s.Name {
			return s.Order[:i]
		}
	}
	return nil
}

// behind is how many places in the stop order come after this one's.
func (s Settings) behind() int {
	if len(s.Order) == 0 {
		return 0
	}
	return len(s.Order) - 1 - len(s.Before())
}

// stepped takes from the pod's deadline what the places behind need: each a
// reserve, so that one that is killed still leaves the next its time. An order
// that is too long for that is a problem, see tooMany.
func (s Settings) stepped(deadline, reserve time.Duration) time.Duration {
	if deadline == 0 {
		return 0
	}
	return max(reserve, deadline-time.Duration(s.behind())*reserve)
}

// At returns the settings of another place in the stop order, whose drainit is
// told the same but for its name.
func (s Settings) At(name string) Settings {
	s.Name = name
	return s
}

// tooMany is the problem of an order that leaves the first place no time.
func (s Settings) tooMany() []Problem {
	if len(s.Order) == 0 || s.orderFits() {
		return nil
	}
	p := Problem{Setting: "stop-order"}
	deadline := s.deadline()
	p.Wrong = fmt.Sprintf("%d names, each of which needs %v before the deadline of %v", len(s.Order), s.reserve(deadline), deadline)
	p.Remedy = "set a later deadline"
	if s.GracePeriod > 0 && s.Deadline == 0 {
		least := Settings{Order: s.Order, GracePeriod: s.GracePeriod.Truncate(time.Second)}
		for !least.orderFits() {
			least.GracePeriod += time.Second
		}
		p.Remedy = fmt.Sprintf("set a grace period of at least %v here and on the platform", least.GracePeriod)
	}
	return []Problem{p}
}

// orderFits reports whether every place has its reserve.
func (s Settings) orderFits() bool {
	deadline := s.deadline()
	return deadline == 0 || time.Duration(len(s.Order))*s.reserve(deadline) <= deadline
}

// PeersLatest returns when waiting for peers ends, 0 where there are none to
// wait for.
func (p Plan) PeersLatest() time.Duration {
	switch {
	case len(p.Before) == 0:
		return 0
	case p.Deadline == 0:
		return peersAtMost
	}
	return p.Deadline - p.Reserve
}

// peers are those before this one in the stop order, from T0 on.
type peers struct {
	off string // why nobody is waited for; "" if somebody is

	list   []PeerRecord
	stay   time.Time // from when on one that was not asked to stop is not waited for
	stayed bool      // that has come
	latest time.Time // when waiting ends

	held string // why the delay ended, while one of them holds the stop signal; "" before and after
}

// PeerRecord is what became of a peer in a stop.
type PeerRecord struct {
	Name   string
	Peer   Peer
	GoneAt time.Time // zero: it was not there, or still is
	Stays  bool      // it was not asked to stop in time
}

// String says what became of it: "app gone".
func (r PeerRecord) String() string {
	switch {
	case r.Peer == PeerGone && r.GoneAt.IsZero():
		return r.Name + " absent"
	case r.Stays:
		return r.Name + " stays"
	}
	return r.Name + " " + r.Peer.String()
}

// meet begins the waiting for peers.
func (m *Machine) meet(t0 time.Time) []Action {
	m.peers.list = nil
	if len(m.plan.Before) == 0 || m.peers.off != "" {
		return nil
	}
	m.peers.stay = t0.Add(stayAfter)
	m.peers.latest = t0.Add(m.plan.PeersLatest())
	m.rec.WaitsFor = m.plan.Before
	for _, name := range m.plan.Before {
		m.peers.list = append(m.peers.list, PeerRecord{Name: name})
	}
	return []Action{Meet{}}
}

// hold returns the peers that hold the stop signal.
func (p *peers) hold() []PeerRecord {
	if p.off != "" {
		return nil
	}
	var holding []PeerRecord
	for _, one := range p.list {
		if one.Peer == PeerStopping || one.Peer < PeerStopping && !p.stayed {
			holding = append(holding, one)
		}
	}
	return holding
}

// String says who keeps the stop signal back.
func (p *peers) String() string {
	var parts []string
	for _, one := range p.hold() {
		parts = append(parts, fmt.Sprintf("%s (%v)", one.Name, one.Peer))
	}
	return strings.Join(parts, ", ") + " to go"
}

// peerSeen is told what a peer does.
func (m *Machine) peerSeen(now time.Time, e PeerSeen) []Action {
	for i := range m.peers.list {
		one := &m.peers.list[i]
		if one.Name != e.Name || one.Peer == PeerGone {
			continue
		}
		one.Peer = e.Peer
		if e.Peer == PeerGone && !e.Absent {
			one.GoneAt = now
		}
		if e.Peer == PeerStopping {
			one.Stays = false
		}
	}
	return m.peersGone(now, "peers gone")
}

// peersGone goes on with the drain if it was peers that held the stop signal,
// and none does any more.
func (m *Machine) peersGone(now time.Time, why string) []Action {
	if m.state != Draining || m.peers.held == "" || len(m.peers.hold()) > 0 {
		return nil
	}
	m.peers.held = ""
	return m.endDelay(now, why)
}

// peersStay is due when the peers that were not asked to stop are taken to stay.
func (m *Machine) peersStay(now time.Time) []Action {
	m.peers.stayed = true
	for i := range m.peers.list {
		if m.peers.list[i].Peer < PeerStopping {
			m.peers.list[i].Stays = true
		}
	}
	return m.peersGone(now, "peers stay")
}

// peersOver is due when there is no more time to wait.
func (m *Machine) peersOver(now time.Time) []Action {
	m.peers.off = "waited long enough"
	why := "reserve begins"
	if m.plan.Deadline == 0 {
		why = fmt.Sprintf("peers not gone in %v", peersAtMost)
	}
	return m.peersGone(now, why)
}

// orderOff has nobody waited for from now on.
func (m *Machine) orderOff(now time.Time, why string) []Action {
	m.peers.off = why
	return m.peersGone(now, why)
}

// exitWith is told that a peer with which this one exits has gone: a stop
// without a hold. The status it left with is the one to leave with, unless the
// child has ended by itself.
func (m *Machine) exitWith(now time.Time, e PeerLeft) []Action {
	if m.state == Exited || m.childGone() || m.rec.ExitWith != "" {
		return nil
	}
	m.rec.ExitWith, m.leave.peerStatus = e.Name, e.Status
	why := e.Name + " has gone"
	if m.state == Running {
		return m.begin(now, StopRequest{At: now}, why)
	}
	todo := m.learn(now, Facts{})
	if m.state != Draining {
		return todo
	}
	m.wait.until = UntilDelay
	if m.peers.held == "" && !m.acting() {
		m.rec.rule = why
		todo = append(todo, m.endDelay(now, why)...)
	}
	return todo
}
