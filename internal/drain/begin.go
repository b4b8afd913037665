package drain

import "time"

// askWithin bounds all that is asked at a stop request, together. Readiness is
// red and every clock runs by then; what is not known by its end is unknown, and
// unknown holds. It is no longer than an echo may follow the stop request.
const askWithin = AgainAfter

// begin begins the drain. T0 is when the signal was received, whatever it took
// since then to tell that it is a stop request. Where there is a reason to skip
// the hold nothing is waited for but peers.
func (m *Machine) begin(now time.Time, e StopRequest, skip string) []Action {
	t0 := e.At
	m.rec.T0, m.rec.Request = t0, e.Signal
	m.again = map[Signal]time.Time{}
	if e.Signal != 0 && e.Signal != Hangup { // which comes once
		m.again[e.Signal] = t0
	}
	if m.rec.ExitWith == "" {
		m.rec.Requests = 1
	}
	m.state = Draining
	var todo []Action
	if !m.plan.UnreadyWithStop && m.plan.UnreadyAfter == 0 {
		todo = m.red(now)
	}
	todo = append(todo, m.meet(t0)...)
	todo = append(todo, m.tellFront(FrontDrain)...)
	m.decideHold(skip)
	todo = append(todo, m.beginLeaving(now)...)
	if m.rec.Latest == 0 {
		return append(todo, m.settle(now)...)
	}
	within := min(askWithin, m.rec.Latest)
	if m.plan.Deadline > 0 {
		within = min(within, m.plan.Deadline/2)
	}
	m.question.asking, m.question.until = true, t0.Add(within)
	return append(todo, Ask{m.question.until.Sub(now)})
}

// decideHold decides how long what is held, from T0. skip is why the hold is
// skipped, "" if it is not.
func (m *Machine) decideHold(skip string) {
	m.rec.Hold, m.rec.HoldRule = m.plan.Longest(), m.plan.DelayRule
	latest, until := m.plan.alone(), m.plan.Until
	if skip != "" && (latest > 0 || m.rec.ExitWith != "") {
		m.rec.Hold, m.rec.HoldRule = 0, skip
		latest, until = 0, UntilDelay
	}
	if len(m.peers.list) > 0 {
		latest = max(latest, m.plan.PeersLatest())
	}
	m.rec.Until, m.rec.Latest = until, latest
	m.hold.until = m.rec.T0.Add(m.rec.Hold)
	m.wait = newEvidence(m.rec.T0, m.rec.T0.Add(latest), until)
}

// learn is told what was found out, or that it was not.
func (m *Machine) learn(now time.Time, f Facts) []Action {
	if !m.question.asking {
		return nil
	}
	m.question.asking = false
	if f.Listening == No && m.plan.Delay > 0 && !m.plan.DelayGiven && m.rec.Hold > 0 {
		m.decideHold("nothing listens")
	}
	m.wait.silence.before = f.ArrivalRate
	return m.settle(now)
}

// settle begins what is done in a drain that holds something, and tells of it.
func (m *Machine) settle(now time.Time) []Action {
	var todo []Action
	if m.rec.Latest > 0 {
		todo = append(m.look(), m.actAtDrain(now)...)
	}
	todo = append(todo, m.enter(now, Draining, m.rec.HoldRule))
	if m.rec.Hold == 0 {
		todo = append(todo, m.endDelay(now, m.whyNotHeld())...)
	}
	return todo
}

// whyNotHeld says why a stop signal is sent at once: peers may have let it go
// while it was asked what else there is.
func (m *Machine) whyNotHeld() string {
	switch {
	case len(m.peers.list) == 0 || len(m.peers.hold()) > 0:
		return "no hold"
	case m.peers.off != "":
		return m.peers.off
	}
	return "peers gone"
}

// unasked tells of a drain that is over before there was an answer.
func (m *Machine) unasked(now time.Time) []Action {
	if !m.question.asking {
		return nil
	}
	m.question.asking = false
	return []Action{m.enter(now, Draining, m.rec.HoldRule)}
}
