package drain

import (
	"fmt"
	"time"
)

// fastMargin is how long before the deadline the last signal of a schedule
// comes at the latest, for the program to act on it, but never more than a
// fifth of the deadline: under a short one the graceful stop needs what there is.
const fastMargin = 2 * time.Second

// Step is a signal of the stop signal's schedule that follows the first, unless
// the child has exited by then: at an instant, or a while after the step before.
type Step struct {
	At   time.Duration // from the stop request; 0: Wait is set
	Wait time.Duration // from the step before
}

// schedule returns the steps after the stop signal: as they were given, or, for
// auto, the program's fast signal shortly before the deadline.
func (s Settings) schedule(p Plan) []Step {
	var steps []Step
	for _, wait := range s.Schedule {
		steps = append(steps, Step{Wait: wait})
	}
	if at, ok := s.fast(p.Deadline, p.Latest()+p.ActionTime); ok {
		steps = append(steps, Step{At: at})
	}
	return steps
}

// fast returns when auto's fast signal is due, and whether that is later than an
// instant by which the stop signal has been sent.
func (s Settings) fast(deadline, sent time.Duration) (at time.Duration, ok bool) {
	at = deadline - margin(deadline)
	return at, !s.StopSignalGiven && at > sent
}

func margin(deadline time.Duration) time.Duration { return min(fastMargin, deadline/5) }

// lasts is how long a schedule needs that was given, from when its first signal
// is due to the deadline.
func (s Settings) lasts(deadline time.Duration) time.Duration {
	if len(s.Schedule) == 0 {
		return 0
	}
	d := margin(deadline)
	if s.AtDrain || s.AtStop {
		d += actionTime
	}
	for _, wait := range s.Schedule {
		d += wait
	}
	return d
}

// tooLong returns what is wrong with a schedule that does not fit before the
// deadline.
func (s Settings) tooLong(p Plan) []Problem {
	over := p.Longest() + s.lasts(p.Deadline) - p.Deadline
	if len(s.Schedule) == 0 || over <= 0 {
		return nil
	}
	rest := margin(p.Deadline)
	return []Problem{{"stop-signal",
		fmt.Sprintf("its last signal is due up to %v after the stop request; it must be %v before the deadline of %v, at which SIGKILL ends the program",
			p.Deadline+over-rest, rest, p.Deadline),
		fmt.Sprintf("shorten its waits by %v, or set %s", over, s.later())}}
}

// later names the limit that is to come later.
func (s Settings) later() string {
	if s.GracePeriod > 0 && s.Deadline == 0 {
		return fmt.Sprintf("a grace period of at least %v here and on the platform", s.graceFor())
	}
	return "a later deadline"
}

// due returns when the next step of the schedule is, if there is one.
func (m *Machine) due() (time.Time, bool) {
	sent := len(m.rec.Steps)
	if sent == 0 || sent > len(m.plan.Next) {
		return time.Time{}, false
	}
	if s := m.plan.Next[sent-1]; s.At == 0 {
		return m.rec.Steps[sent-1].Add(s.Wait), true
	}
	return m.fastDue(m.plan.Next[sent-1].At), true
}

// fastDue is when the plan says, but where the stop signal was late, after a freeze, the program has as long for it as
// it was to have at least, or half of what is left before the deadline. Past that there is none: SIGKILL comes first.
func (m *Machine) fastDue(at time.Duration) time.Time {
	due, sent := m.rec.T0.Add(at), m.rec.Steps[0]
	deadline, _ := m.deadline()
	late := sent.Add(min(at-m.plan.Latest()-m.plan.ActionTime, deadline.Sub(sent)/2))
	if late.After(due) {
		return late
	}
	return due
}

// nextStep sends the next signal of the schedule, if one is left.
func (m *Machine) nextStep(now time.Time) []Action {
	sent := len(m.rec.Steps)
	if sent > len(m.plan.Next) {
		return nil
	}
	m.rec.Steps = append(m.rec.Steps, now)
	return []Action{StopSignal{sent}}
}
