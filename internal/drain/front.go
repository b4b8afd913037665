package drain

import "time"

// frontPatience bounds how long the front may take, after the child's exit, to
// answer the clients that are left: what is in flight then ends by itself,
// since the child is the other end.
const frontPatience = time.Second

// frontName is what stands in ExitWith where it was the front that went.
const frontName = "front"

// FrontDeed is what the front is told: the process that takes the program's
// clients in and passes their requests on. Each includes those before it.
type FrontDeed int

const (
	FrontDrain FrontDeed = iota // go on, but let each answer end its connection
	FrontClose                  // take nothing new in; finish what is in flight, and say so with FrontIdle
	FrontEnd                    // the program has gone: answer what is left, and end
)

func (d FrontDeed) String() string { return [...]string{"drain", "close", "end"}[d] }

// frontState is what the machine knows of the front.
type frontState struct {
	told int  // how many of the deeds it was told
	gone bool // it has ended

	leftBy time.Time // when its long-lived connections have left
	left   bool      // they were told to leave at once
}

// frontUp reports whether there is a front.
func (m *Machine) frontUp() bool { return m.plan.Front && !m.front.gone }

// tellFront tells the front, once each.
func (m *Machine) tellFront(d FrontDeed) []Action {
	if !m.frontUp() || m.front.told > int(d) {
		return nil
	}
	m.front.told = int(d) + 1
	return []Action{Front{d}}
}

// closeFront has nothing new come in. Readiness is red by then: who believes it
// would be refused.
func (m *Machine) closeFront(now time.Time) []Action {
	told := m.tellFront(FrontClose)
	if told == nil {
		return nil
	}
	m.rec.FrontClosedAt = now
	return append(append(m.red(now), told...), m.endLeaving(now)...)
}

// frontIdle is told that nothing is in flight any more, which stays so.
func (m *Machine) frontIdle(now time.Time) []Action {
	if m.state != Draining || m.acting() || !m.wait.delayOver || !m.frontUp() {
		return nil
	}
	m.rec.see(Seen{Known: true, At: now})
	return m.stop(now, "nothing in flight")
}

// frontGone is told that the front has ended. If nothing was to end it, nobody
// reaches the program any more: a stop without a hold, as where a peer to exit
// with has gone.
func (m *Machine) frontGone(now time.Time, e FrontGone) []Action {
	if !m.frontUp() {
		return nil
	}
	m.front.gone = true
	m.Count(e.Cut)
	switch sweep := m.rec.ProgramEndAt.Add(m.plan.Sweep); {
	case m.Finishing():
		return m.exit(now, m.sweep.why)
	case m.state == Sweeping && sweep.Before(m.sweep.patience):
		m.sweep.patience = sweep
	}
	if m.state == Killing {
		return nil // of that
	}
	return m.exitWith(now, PeerLeft{Name: frontName, Status: e.Status})
}

// Finishing reports whether the child has gone and only the front is waited for.
func (m *Machine) Finishing() bool { return m.state == Sweeping && !m.sweep.leftovers }
