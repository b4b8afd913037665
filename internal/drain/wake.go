package drain

import "time"

// alarm is an instant at which something becomes due.
type alarm struct {
	at  time.Time
	due func(*Machine, time.Time) []Action
}

// alarms lists what the machine waits for. Of those at the same instant the
// earlier in the list comes first.
func (m *Machine) alarms() []alarm {
	var as []alarm
	if m.question.asking {
		as = append(as, alarm{m.question.until, func(m *Machine, now time.Time) []Action { return m.learn(now, Facts{}) }})
	}
	if m.acting() {
		as = append(as, alarm{m.acts.until, (*Machine).sendStop})
	}
	if m.state == Draining && m.peers.held != "" {
		as = append(as, alarm{m.peers.latest, (*Machine).peersOver})
	}
	if m.state == Draining && len(m.peers.list) > 0 && !m.peers.stayed {
		as = append(as, alarm{m.peers.stay, (*Machine).peersStay})
	}
	if m.state == Draining && !m.question.asking && !m.acting() && !m.wait.delayOver && m.peers.held == "" {
		as = append(as, alarm{m.hold.until, func(m *Machine, now time.Time) []Action { return m.endDelay(now, "hold over") }})
	}
	if m.state == Draining && !m.acting() && m.wait.delayOver {
		as = append(as, alarm{m.wait.latest, (*Machine).reserveBegins})
	}
	if m.state == Draining && !m.hold.unready && !m.plan.UnreadyWithStop {
		as = append(as, alarm{m.rec.T0.Add(m.plan.UnreadyAfter), (*Machine).red})
	}
	if deadline, ok := m.deadline(); ok && (m.state == Draining || m.state == Stopping) {
		as = append(as, alarm{deadline, (*Machine).outOfTime})
	}
	if due, ok := m.due(); ok && m.state == Stopping {
		as = append(as, alarm{due, (*Machine).nextStep})
	}
	if (m.state == Draining || m.state == Stopping) && !m.question.asking && !m.wait.looking && !m.wait.settled {
		as = append(as, alarm{m.wait.next, func(m *Machine, _ time.Time) []Action { return m.look() }})
	}
	switch m.state {
	case Killing:
		as = append(as, alarm{m.sweep.patience, (*Machine).unkillable})
	case Sweeping:
		as = append(as, alarm{m.sweep.patience, (*Machine).sweepOver})
	}
	if !m.hold.progress.IsZero() && m.state != Exited {
		as = append(as, alarm{m.hold.progress, (*Machine).tell})
	}
	return as
}

func (m *Machine) next() (alarm, bool) {
	var first alarm
	for _, a := range m.alarms() {
		if first.due == nil || a.at.Before(first.at) {
			first = a
		}
	}
	return first, first.due != nil
}

// Wake returns the next instant at which Step wants to be called with Woken,
// and whether there is one.
func (m *Machine) Wake() (time.Time, bool) {
	a, ok := m.next()
	return a.at, ok
}

// wake does what is due first. now may be later than it was due.
func (m *Machine) wake(now time.Time) []Action {
	a, _ := m.next()
	return a.due(m, now)
}

func (m *Machine) outOfTime(now time.Time) []Action {
	m.sweep.patience = now.Add(killPatience)
	m.rec.KillAt, m.rec.Status, m.rec.AtDeadline = now, killedStatus, m.rec.Last
	todo := append([]Action{Kill{}}, m.red(now)...)
	return append(todo, m.enter(now, Killing, "deadline"))
}

func (m *Machine) unkillable(now time.Time) []Action {
	if m.childGone() {
		return m.exit(now, "leftovers survived SIGKILL")
	}
	return m.exit(now, "child survived SIGKILL")
}

func (m *Machine) sweepOver(now time.Time) []Action {
	if m.Finishing() {
		m.leave.clean = nil
		return append([]Action{KillLeftovers{}}, m.exit(now, "front did not end")...)
	}
	m.rec.SweepCut = true
	return append([]Action{KillLeftovers{}}, m.exit(now, "sweep over")...)
}

// tell is due when nothing was told for progressEvery.
func (m *Machine) tell(now time.Time) []Action {
	m.hold.progress = now.Add(progressEvery)
	return []Action{Progress{m.WaitingFor(now)}}
}
