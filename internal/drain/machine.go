package drain

import "time"

const (
	// againAfter is when the same stop request is a second one and not the
	// echo of the first: platforms and process groups deliver it twice.
	againAfter = 250 * time.Millisecond

	// killPatience bounds Killing: what SIGKILL has not ended by then cannot be
	// ended (EPERM, uninterruptible sleep, a tree that grows faster than it is
	// killed), and as PID 1 leaving ends it.
	killPatience = time.Second

	// progressEvery is how often a drain says what it waits for.
	progressEvery = 5 * time.Second

	// killedStatus is what is left with when a SIGKILL did not end the child: 128+9.
	killedStatus = 137
)

// Machine is the state of one child's life. It is not safe for concurrent use.
type Machine struct {
	plan  Plan
	state State
	rec   Record

	hold     time.Time // when the delay ends at the latest; set in Draining
	wait     evidence  // what looks have shown
	peers    peers     // what those before this one in the stop order do
	front    frontState
	patience time.Time // when Killing or Sweeping ends
	progress time.Time // when the next progress line is due; zero while running
	unready  bool

	peerStatus int // to leave with; see Record.ExitWith

	sweeping bool   // in Sweeping: leftovers are, else only the front is waited for
	sweptWhy string // why it is over when the front has gone

	request   Signal    // the stop request that counts if it comes again
	requestAt time.Time // when it came last, but for echoes

	drainActed  bool      // the at-drain actions were begun
	actingUntil time.Time // when the stop signal is sent, whatever the actions do; zero before it is due
}

// New returns a machine whose child has just been started.
func New(p Plan) *Machine { return &Machine{plan: p} }

// State returns the state after the last step.
func (m *Machine) State() State { return m.state }

// Plan returns the plan the machine follows.
func (m *Machine) Plan() Plan { return m.plan }

// Record returns what happened so far.
func (m *Machine) Record() Record { return m.rec }

// Step tells the machine that an event happened now and returns what is to be
// done. Instants that have passed meanwhile are caught up with first, in their
// order; but after the child's exit, since who has its PID by now may be a
// stranger. now must not go backwards.
func (m *Machine) Step(now time.Time, e Event) []Action {
	if _, ok := e.(ChildExited); ok {
		return append(m.handle(now, e), m.catchUp(now)...)
	}
	return append(m.catchUp(now), m.handle(now, e)...)
}

func (m *Machine) catchUp(now time.Time) (todo []Action) {
	for {
		due, ok := m.Wake()
		if !ok || due.After(now) {
			return todo
		}
		todo = append(todo, m.wake(now)...)
	}
}

func (m *Machine) handle(now time.Time, e Event) []Action {
	if m.state == Exited {
		return nil
	}
	switch e := e.(type) {
	case StopRequest:
		return m.stopRequest(now, e)
	case OtherSignal:
		if m.state <= Stopping {
			return []Action{Forward(e)}
		}
	case ChildExited:
		return m.childExited(now, e)
	case ActionsDone:
		if m.acting() {
			return m.sendStop(now)
		}
	case Observed:
		return m.observed(now, e)
	case PeerSeen:
		return m.peerSeen(now, e)
	case OrderOff:
		return m.orderOff(now, e.Why)
	case OrderOn:
		if m.state == Running {
			m.peers.off = ""
		}
	case FrontIdle:
		return m.frontIdle(now)
	case FrontGone:
		return m.frontGone(now, e)
	case PeerLeft:
		return m.exitWith(now, e)
	case NothingLeft:
		return m.nothingLeft(now)
	}
	return nil
}

func (m *Machine) stopRequest(now time.Time, e StopRequest) []Action {
	switch m.state {
	case Running:
		return m.begin(now, e, e.Facts.nothingToHoldFor(m.plan.DelayGiven))
	case Draining:
		switch again := m.askedAgain(now, e); {
		case again && m.acting():
			return m.sendStop(now)
		case again:
			return m.stop(now, "asked again")
		}
	case Stopping:
		if m.askedAgain(now, e) && now.Sub(m.rec.Steps[len(m.rec.Steps)-1]) >= againAfter {
			return m.nextStep(now)
		}
	case Sweeping:
		m.rec.Requests++
		if m.endsSweep(now, e) {
			m.rec.SweepCut = m.sweeping
			return append([]Action{KillLeftovers{}}, m.exit(now, "asked again")...)
		}
	}
	return nil
}

// askedAgain counts a stop request in a drain, and reports whether it is the
// first one's signal again, and no echo. Another signal does not ask again: after
// a preStop's `kill -QUIT 1` the platform's own SIGTERM is no wish for the fast
// stop (kubernetes#39170). Where a peer's end was the stop, the first one to ask is
// who asks for the first time.
func (m *Machine) askedAgain(now time.Time, e StopRequest) bool {
	m.rec.Requests++
	first := m.request == 0
	echo := now.Sub(m.requestAt) < againAfter
	if !first && (e.Signal != m.request || echo) {
		return false
	}
	m.request, m.requestAt = e.Signal, now
	return !first
}

// endsSweep reports whether a stop request means the leftovers. One that comes
// with the child's end is the echo of what ended it, whether or not drainit was
// told before; later the same signal is a second one. Where the child ended by
// itself, or a peer's end was the stop, the first one is news, whichever it is.
func (m *Machine) endsSweep(now time.Time, e StopRequest) bool {
	echo := now.Sub(m.rec.ChildExitAt) < againAfter
	return !echo && (m.rec.Request == 0 || e.Signal == m.rec.Request)
}

// begin begins the drain at T0 = now. Where there is a reason to skip the hold
// nothing is waited for but peers.
func (m *Machine) begin(now time.Time, e StopRequest, skip string) []Action {
	m.rec.T0, m.rec.Request = now, e.Signal
	m.request, m.requestAt = e.Signal, now
	if m.rec.ExitWith == "" {
		m.rec.Requests = 1
	}
	m.rec.Hold, m.rec.HoldRule = m.plan.Longest(), m.plan.DelayRule
	latest, until := m.plan.alone(), m.plan.Until
	if skip != "" && (latest > 0 || m.rec.ExitWith != "") {
		m.rec.Hold, m.rec.HoldRule = 0, skip
		latest, until = 0, UntilDelay
	}
	met := m.meet(now)
	if met != nil {
		latest = max(latest, m.plan.PeersLatest())
	}
	m.rec.Until, m.rec.Latest = until, latest
	m.hold = now.Add(m.rec.Hold)
	m.wait = newEvidence(now, now.Add(latest), until, e.Facts.ArrivalRate)
	var todo []Action
	if !m.plan.UnreadyWithStop && m.plan.UnreadyAfter == 0 {
		todo = m.red(now)
	}
	todo = append(todo, met...)
	todo = append(todo, m.tellFront(FrontDrain)...)
	if latest > 0 {
		todo = append(todo, m.look()...)
		todo = append(todo, m.actAtDrain(now)...)
	}
	todo = append(todo, m.enter(now, Draining, m.rec.HoldRule))
	if m.rec.Hold == 0 {
		todo = append(todo, m.endDelay(now, "no hold")...)
	}
	return todo
}

// stop ends the hold: the stop signal is due, and comes after the actions.
func (m *Machine) stop(now time.Time, why string) []Action {
	m.rec.StopWhy = why
	m.rec.Peers = append([]PeerRecord(nil), m.peers.list...)
	m.wait.next = now.Add(lookLeast)
	todo := m.closeFront(now)
	acts, skipped := m.actAtStop(now)
	if acts != nil {
		m.peers.held = "" // nobody holds it any more
		return append(append(todo, acts...), m.red(now)...)
	}
	return append(append(todo, m.sendStop(now)...), skipped...)
}

func (m *Machine) sendStop(now time.Time) []Action {
	m.rec.StopAt, m.rec.AtStop = now, m.rec.Last
	m.wait.next = now.Add(lookLeast)
	todo := append(m.nextStep(now), m.red(now)...)
	return append(todo, m.enter(now, Stopping, m.rec.StopWhy))
}

// enter moves on to a later state, which is told, so the next thing to tell is
// a while off.
func (m *Machine) enter(now time.Time, s State, why string) Enter {
	m.state = s
	m.progress = now.Add(progressEvery)
	return Enter{s, why}
}

// red turns readiness red, the first time it is called.
func (m *Machine) red(now time.Time) []Action {
	if m.unready {
		return nil
	}
	m.unready = true
	m.rec.UnreadyAt = now
	return []Action{Unready{}}
}

func (m *Machine) childExited(now time.Time, e ChildExited) []Action {
	if m.childGone() {
		return nil
	}
	m.rec.ChildExitAt, m.rec.Status = now, e.Status
	if e.CutKnown {
		m.rec.cut, m.rec.CutKnown = e.Cut, true
	}
	red := m.red(now)
	switch {
	case m.state == Killing && e.Left:
		return red // SIGKILL goes on
	case m.state == Killing:
		return append(red, m.exit(now, "killed")...)
	}
	m.sweeping, m.sweptWhy = e.Left && m.plan.Sweep > 0, "child exited"
	if e.Left && !m.sweeping {
		m.sweptWhy = "child exited, sweep is 0"
	}
	if !m.sweeping && !m.frontUp() {
		return append(red, m.exit(now, m.sweptWhy)...)
	}
	return append(m.beginSweep(now), append(red, m.enter(now, Sweeping, m.sweptWhy))...)
}

// beginSweep has leftovers end, if any, and the front.
func (m *Machine) beginSweep(now time.Time) []Action {
	todo := m.tellFront(FrontEnd)
	m.patience = now.Add(frontPatience)
	if m.sweeping {
		todo = append(todo, Sweep{})
		if sweep := now.Add(m.plan.Sweep); !m.frontUp() || sweep.After(m.patience) {
			m.patience = sweep // SIGKILL to the leftovers may be one to all, the front included
		}
	}
	if deadline, ok := m.deadline(); ok && deadline.Before(m.patience) {
		m.patience = deadline
	}
	return todo
}

// childGone reports whether the child has exited.
func (m *Machine) childGone() bool { return !m.rec.ChildExitAt.IsZero() }

func (m *Machine) nothingLeft(now time.Time) []Action {
	switch {
	case m.state == Sweeping:
		return m.exit(now, "nothing left")
	case m.state == Killing && m.childGone():
		return m.exit(now, "killed")
	}
	return nil
}

func (m *Machine) exit(now time.Time, why string) []Action {
	m.rec.ExitAt = now
	if m.rec.ExitWith != "" {
		m.rec.Status = m.peerStatus
	}
	return append(m.red(now), m.enter(now, Exited, why), Exit{m.rec.Status})
}

// deadline returns the instant of SIGKILL, if there is one.
func (m *Machine) deadline() (time.Time, bool) {
	if m.plan.Deadline == 0 || m.rec.T0.IsZero() {
		return time.Time{}, false
	}
	return m.rec.T0.Add(m.plan.Deadline), true
}
