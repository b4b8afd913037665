package drain

import "time"

const (
	// AgainAfter is when the same stop request is a second one and not the
	// echo of the first: platforms and process groups deliver it twice.
	AgainAfter = 250 * time.Millisecond

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
	plan     Plan
	state    State
	rec      Record
	question question
	hold     hold
	wait     evidence // what looks have shown
	peers    peers    // what those before this one in the stop order do
	front    frontState
	acts     acts
	sweep    sweep
	leave    leave
	again    map[Signal]time.Time // stop requests that count if they come again, and when they came last, but for echoes
}

// question is an Ask.
type question struct {
	asking bool      // it is not answered
	until  time.Time // and how long that is waited for
}

// hold is about the time before the stop signal.
type hold struct {
	until    time.Time // when the delay ends at the latest; set in Draining
	unready  bool
	progress time.Time // when the next progress line is due; zero while running
}

// acts is about the actions.
type acts struct {
	begun bool      // those of the stop request
	until time.Time // when the stop signal is sent, whatever they do; zero before it is due
}

// sweep is about what is left when the child has exited, or SIGKILL was sent.
type sweep struct {
	serves    bool      // the child has exited, and what it left behind is the program
	leftovers bool      // there are some, else only the front is waited for
	why       string    // it is over when the front has gone
	patience  time.Time // when Killing or Sweeping ends
}

// leave is about the status to leave with.
type leave struct {
	peerStatus int  // see Record.ExitWith
	clean      *int // see ChildExited
}

// New returns a machine whose child has just been started.
func New(p Plan) *Machine { return &Machine{plan: p} }

// State returns the state after the last step.
func (m *Machine) State() State { return m.state }

// Plan returns the plan the machine follows.
func (m *Machine) Plan() Plan { return m.plan }

// Record returns what happened so far.
func (m *Machine) Record() Record { return m.rec }

// Count tells how many requests were cut, if that is known. It is called before
// what ends the machine, or after it, where that was SIGKILL.
func (m *Machine) Count(c Cut) {
	if c.Known && !m.rec.T0.IsZero() {
		m.rec.Cut = c
	}
}

// Step tells the machine that an event happened now and returns what is to be
// done. Instants that have passed meanwhile are caught up with first, in their
// order; but after an end, of the child or of what it left behind, since who has
// their PIDs by now may be a stranger. now must not go backwards.
func (m *Machine) Step(now time.Time, e Event) (todo []Action) {
	switch e.(type) {
	case ChildExited, ProgramGone, NothingLeft:
	default:
		todo = m.catchUp(now)
	}
	todo = append(todo, m.handle(now, e)...)
	return append(todo, m.catchUp(now)...) // T0 may have been a while ago
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
	case Facts:
		return m.learn(now, e)
	case ChildExited:
		return append(m.unasked(now), m.childExited(now, e)...)
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
	case ProgramGone:
		return m.programGone(now, e)
	case NothingLeft:
		return m.nothingLeft(now)
	}
	return nil
}

func (m *Machine) stopRequest(now time.Time, e StopRequest) []Action {
	if e.At.IsZero() {
		e.At = now
	}
	switch m.state {
	case Running:
		return m.begin(now, e, e.Checks.nothingToHoldFor())
	case Draining:
		switch again := m.askedAgain(e); {
		case again && m.acting():
			return m.sendStop(now)
		case again:
			m.rec.rule = "asked again"
			return m.stop(now, "asked again")
		}
		return m.replace(e)
	case Stopping:
		if m.askedAgain(e) && now.Sub(m.rec.Steps[len(m.rec.Steps)-1]) >= AgainAfter {
			return m.nextStep(now)
		}
	case Sweeping:
		m.rec.Requests++
		if m.endsSweep(e) {
			m.rec.SweepCut = m.sweep.leftovers
			return append([]Action{KillLeftovers{}}, m.exit(now, "asked again")...)
		}
	}
	return nil
}

// askedAgain counts a stop request in a drain, and reports whether it is the
// first one's signal again, or that which took its place, and no echo. Another
// signal does not ask again: after a preStop's `kill -QUIT 1` the platform's own
// SIGTERM is no wish for the fast stop (kubernetes#39170). Where a peer's end was
// the stop, the first one to ask is who asks for the first time.
func (m *Machine) askedAgain(e StopRequest) bool {
	m.rec.Requests++
	if e.Signal == Hangup {
		return false // it comes once
	}
	at, counts := m.again[e.Signal]
	if counts && e.At.Sub(at) < AgainAfter || !counts && len(m.again) > 0 {
		return false
	}
	m.again[e.Signal] = e.At
	return counts
}

// sigterm has this number on every architecture (signal(7)).
const sigterm Signal = 15

// replace has SIGTERM, the platform's own word, take the place of another stop
// request as long as the stop signal has not been sent: some send both, in
// either order.
func (m *Machine) replace(e StopRequest) []Action {
	if e.Signal != sigterm || m.rec.Request == sigterm || m.rec.Request == 0 {
		return nil
	}
	m.rec.First, m.rec.Request = m.rec.Request, e.Signal
	m.again[e.Signal] = e.At
	return []Action{Replaced{}}
}

// endsSweep reports whether a stop request means the leftovers. One that comes
// with the child's end is the echo of what ended it, whether or not drainit was
// told before; later the same signal is a second one. Where the child ended by
// itself, or a peer's end was the stop, the first one is news, whichever it is; but a
// hangup asks for no more than has begun.
func (m *Machine) endsSweep(e StopRequest) bool {
	echo := e.At.Sub(m.rec.ProgramEndAt) < AgainAfter
	return !echo && e.Signal != Hangup && (m.rec.Request == 0 || e.Signal == m.rec.Request || e.Signal == m.rec.First)
}

// stop ends the hold: the stop signal is due, and comes after the actions.
func (m *Machine) stop(now time.Time, why string) []Action {
	m.rec.StopWhy = why
	m.rec.Peers = append([]PeerRecord(nil), m.peers.list...)
	m.wait.next = now.Add(lookLeast)
	todo := append(m.closeFront(now), m.leaveNow()...)
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
	m.hold.progress = now.Add(progressEvery)
	return Enter{s, why}
}

// red turns readiness red, the first time it is called.
func (m *Machine) red(now time.Time) []Action {
	if m.hold.unready {
		return nil
	}
	m.hold.unready = true
	m.rec.UnreadyAt = now
	return []Action{Unready{}}
}

func (m *Machine) childExited(now time.Time, e ChildExited) []Action {
	if m.childGone() {
		return nil
	}
	m.rec.ChildExitAt, m.rec.Status, m.leave.clean = now, e.Status, e.Clean
	if e.Serves && (m.state == Draining || m.state == Stopping) {
		m.sweep.serves = true // what the child has left behind has the hold and the time that it would have had
		return nil
	}
	return m.afterProgram(now, ProgramGone{e.Left})
}

// programGone is told that what served after the child's exit has gone.
func (m *Machine) programGone(now time.Time, e ProgramGone) []Action {
	if !m.sweep.serves {
		return nil
	}
	m.sweep.serves = false
	return m.afterProgram(now, e)
}

// afterProgram is what comes when the program has ended.
func (m *Machine) afterProgram(now time.Time, e ProgramGone) []Action {
	m.rec.ProgramEndAt = now
	red := m.red(now)
	switch {
	case m.state == Killing && e.Left:
		return red // SIGKILL goes on
	case m.state == Killing:
		return append(red, m.exit(now, "killed")...)
	}
	m.sweep.leftovers, m.sweep.why = e.Left && m.plan.Sweep > 0, "child exited"
	if e.Left && !m.sweep.leftovers {
		m.sweep.why = "child exited, sweep is 0"
	}
	if !m.sweep.leftovers && !m.frontUp() {
		return append(red, m.exit(now, m.sweep.why)...)
	}
	return append(m.beginSweep(now), append(red, m.enter(now, Sweeping, m.sweep.why))...)
}

// beginSweep has leftovers end, if any, and the front.
func (m *Machine) beginSweep(now time.Time) []Action {
	todo := m.tellFront(FrontEnd)
	m.sweep.patience = now.Add(frontPatience)
	if m.sweep.leftovers {
		todo = append(todo, Sweep{})
		if sweep := now.Add(m.plan.Sweep); !m.frontUp() || sweep.After(m.sweep.patience) {
			m.sweep.patience = sweep // SIGKILL to the leftovers may be one to all, the front included
		}
	}
	if deadline, ok := m.deadline(); ok && deadline.Before(m.sweep.patience) {
		m.sweep.patience = deadline
	}
	return todo
}

// childGone reports whether the child has exited.
func (m *Machine) childGone() bool { return !m.rec.ChildExitAt.IsZero() }

func (m *Machine) nothingLeft(now time.Time) []Action {
	switch {
	case m.sweep.serves:
		return m.programGone(now, ProgramGone{})
	case m.state == Sweeping:
		return m.exit(now, "nothing left")
	case m.state == Killing && m.childGone():
		return m.exit(now, "killed")
	}
	return nil
}

func (m *Machine) exit(now time.Time, why string) []Action {
	m.rec.ExitAt = now
	if m.leave.clean != nil && m.rec.clean() {
		m.rec.Status = *m.leave.clean
	}
	if m.rec.ExitWith != "" {
		m.rec.Status = m.leave.peerStatus
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
