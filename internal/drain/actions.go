package drain

import "time"

// actionTime is what the actions of an instant may take together. The stop
// signal waits no longer for them.
const actionTime = time.Second

// actionTime is less where there is less than twice as much between the stop
// signal and the deadline: a hanging action must not cost the stop signal. Nor
// must it have auto's fast signal come together with the stop signal.
func (s Settings) actionTime(p Plan) time.Duration {
	switch {
	case !s.AtDrain && !s.AtStop:
		return 0
	case p.Deadline == 0:
		return actionTime
	}
	most := max(0, min(actionTime, (p.Deadline-p.Latest())/2))
	if at, ok := s.fast(p.Deadline, p.Longest()+most); ok && at > p.Latest() {
		most = min(most, (at-p.Latest())/2)
	}
	return most
}

// actAtDrain begins the at-drain actions of a drain that holds something, which
// they do not delay.
func (m *Machine) actAtDrain(now time.Time) []Action {
	if !m.plan.AtDrain {
		return nil
	}
	m.acts.begun, m.rec.ActedAtDrain = true, now
	return []Action{Act{Drain: true, Within: actionTime}}
}

// actAtStop begins the actions that come before the stop signal, where there
// are some: at-drain ones too, if nothing was held. Where there is no time it
// returns what says so instead.
func (m *Machine) actAtStop(now time.Time) (acts, skipped []Action) {
	act := Act{Drain: m.plan.AtDrain && !m.acts.begun, Stop: m.plan.AtStop, Within: m.plan.ActionTime}
	if deadline, ok := m.deadline(); ok { // which may be close: the stop is late after a freeze
		act.Within = min(act.Within, deadline.Sub(now)/2)
	}
	switch {
	case !act.Drain && !act.Stop:
		return nil, nil
	case act.Within <= 0:
		return nil, []Action{Skip{act.Drain, act.Stop}}
	}
	if act.Drain {
		m.acts.begun, m.rec.ActedAtDrain = true, now
	}
	if act.Stop {
		m.rec.ActedAtStop = now
	}
	m.acts.until = now.Add(act.Within)
	return []Action{act}, nil
}

// acting reports whether the stop signal is due and actions are done before it.
func (m *Machine) acting() bool { return m.state == Draining && !m.acts.until.IsZero() }
