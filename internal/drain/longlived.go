package drain

import (
	"fmt"
	"time"
)

// Stay is how long connections may stay in a stop that have no end of their own: the
// front's WebSockets and streams of events.
type Stay struct {
	For   time.Duration // from the stop request, if Given
	Given bool          // false: they leave within the hold
	Off   bool          // nobody has them leave
}

// Leave has the front's long-lived connections leave, one after another, evenly within a time.
// It takes the place of the one before.
type Leave struct{ Within time.Duration }

func (Leave) action() {}

// LeftBy is when they have left, where the hold is not over before: within the hold, of a
// range that there is in any case.
func (p Plan) LeftBy() time.Duration {
	switch {
	case p.LongLived.Given:
		return p.LongLived.For
	case p.DelayMax > 0:
		return p.Delay
	}
	return p.Longest()
}

// beginLeaving has them leave from the stop request on. Where nothing is held the front
// closes in the same moment.
func (m *Machine) beginLeaving(now time.Time) []Action {
	within := m.plan.LeftBy()
	if !m.plan.LongLived.Given {
		within = min(within, m.rec.Hold)
	}
	if !m.frontUp() || m.plan.LongLived.Off || within == 0 && m.rec.Hold == 0 {
		return nil
	}
	m.front.leftBy = m.rec.T0.Add(within)
	return []Action{Leave{max(0, m.front.leftBy.Sub(now))}}
}

// endLeaving has those leave that are left, since the hold is over, unless they were given
// longer.
func (m *Machine) endLeaving(now time.Time) []Action {
	if m.plan.LongLived.Given && m.front.leftBy.After(now) {
		return nil
	}
	return m.leaveNow()
}

// leaveNow has those leave that are left, once: nothing is let in any more.
func (m *Machine) leaveNow() []Action {
	if !m.frontUp() || m.plan.LongLived.Off || m.front.left {
		return nil
	}
	m.front.left = true
	return []Action{Leave{}}
}

// staysTooLong returns what is wrong with a time that ends after the stop signal.
func (s Settings) staysTooLong(p Plan) []Problem {
	longest := max(p.Longest(), p.Deadline-p.Reserve)
	if !s.Front || !s.LongLived.Given || s.LongLived.For <= longest {
		return nil
	}
	longer := s
	longer.DelayMax = max(s.DelayMax, s.LongLived.For)
	return []Problem{{"front-long-lived",
		fmt.Sprintf("the program is told to stop %v after the stop request at the latest, which would cut those that are still there", longest),
		longer.remedy(longest)}}
}
