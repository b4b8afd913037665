package drain

import "time"

const (
	// A look is followed by another after so many times what it took, so that
	// looking takes a twentieth of one CPU at most, and within these bounds.
	lookRest  = 20
	lookLeast = 250 * time.Millisecond
	lookMost  = 2 * time.Second

	// clearLooks is how many looks in a row must find nothing in flight where
	// something was: between two requests of one client there may be a moment
	// without any.
	clearLooks = 3
)

// evidence is what looks at the connections have shown since the stop request.
type evidence struct {
	until  Until     // what is waited for in this drain
	latest time.Time // when waiting ends

	delayOver bool
	looking   bool      // a look is under way
	asked     bool      // which asks the program as well
	settled   bool      // no other look is of use by itself
	next      time.Time // when to look again

	busyOnce bool // something was there to wait for
	clear    int  // looks in a row in which nothing was
	silence  silence
}

func newEvidence(t0, latest time.Time, until Until) evidence {
	return evidence{until: until, latest: latest, next: t0, silence: silence{since: t0}}
}

// observe takes in what a look has shown by now.
func (w *evidence) observe(now time.Time, e Observed) {
	w.looking = false
	w.next = now.Add(min(max(lookLeast, lookRest*min(e.Took, lookMost)), lookMost))
	w.silence.observe(now, e)
	if !e.Known || w.until.holdsUp(e.Connections) {
		w.clear, w.busyOnce = 0, true
		return
	}
	w.clear++
}

// isClear reports whether what is waited for has come, for sure.
func (w *evidence) isClear() bool {
	if w.busyOnce {
		return w.clear >= clearLooks
	}
	return w.clear > 0
}

// look begins a look, unless one is under way.
func (m *Machine) look() []Action {
	if m.wait.looking {
		return nil
	}
	m.wait.looking, m.wait.asked = true, m.wait.delayOver
	return []Action{Look{Awaited: m.wait.delayOver}}
}

// observed is told what a look has shown.
func (m *Machine) observed(now time.Time, e Observed) []Action {
	if !m.wait.looking || m.state != Draining && m.state != Stopping {
		return nil
	}
	m.wait.observe(now, e)
	m.wait.settled = e.Settled || m.state == Stopping && !e.Known
	m.rec.see(Seen{e.Known, now, e.Connections})
	m.rec.count(now, e)
	switch {
	case m.state == Stopping || m.acting():
		return nil
	case m.wait.delayOver && m.frontUp():
		return nil // it says by itself when nothing is in flight any more
	case m.wait.delayOver && m.plan.IdleCheck && !m.wait.asked:
		return m.look() // that one began before
	case m.wait.delayOver:
		return m.stopIfClear(now)
	case m.peers.held == "" && m.plan.DelayMax > 0 && !now.Before(m.rec.T0.Add(m.plan.Delay)) && m.wait.silence.strong():
		m.rec.rule = "silence"
		return m.endDelay(now, m.wait.silence.String())
	}
	return nil
}

// endDelay goes on to what else is waited for: peers, and then what a look
// decides that is begun from now on, or under way.
func (m *Machine) endDelay(now time.Time, why string) []Action {
	switch {
	case m.acting(): // that was it
		return nil
	case len(m.peers.hold()) > 0:
		m.peers.held, m.rec.rule = why, "stop order"
		if m.peers.latest.After(now) {
			return nil
		}
		return m.peersOver(now)
	case m.wait.until == UntilDelay:
		return m.stop(now, why)
	}
	m.rec.rule = "until " + m.wait.until.String()
	if !m.wait.latest.After(now) {
		return m.reserveBegins(now)
	}
	m.wait.delayOver = true
	m.rec.DelayOverAt = now
	return append(m.closeFront(now), m.look()...)
}

func (m *Machine) stopIfClear(now time.Time) []Action {
	switch {
	case !m.wait.isClear():
		return nil
	case m.wait.until == UntilClosed:
		return m.stop(now, "no connections")
	}
	return m.stop(now, "nothing in flight")
}

// reserveBegins is due when the child needs the rest of the time for itself.
func (m *Machine) reserveBegins(now time.Time) []Action {
	return m.stop(now, "reserve begins")
}
