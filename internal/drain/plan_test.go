package drain

import (
	"testing"
	"time"
)

// TestPlansLeaveTime goes through odd numbers together. In every plan that is not
// refused the stop signal comes no earlier than told and before SIGKILL, the
// actions have some time, and every further signal comes after the one before,
// even where all before it takes as long as it may.
func TestPlansLeaveTime(t *testing.T) {
	plans := 0
	for s := range oddSettings {
		p, problems := s.Plan()
		if len(problems) > 0 {
			continue
		}
		plans++
		if wrong := p.wrong(); wrong != "" {
			t.Errorf("%s:\n%+v\n%+v", wrong, s, p)
		}
		if s.Deadline > 0 && len(s.Order) == 0 && p.Deadline != s.Deadline {
			t.Errorf("deadline %v, given was %v", p.Deadline, s.Deadline)
		}
		if t.Failed() {
			return
		}
	}
	if plans < 10000 {
		t.Errorf("%d plans, the others were refused", plans)
	}
}

// wrong returns what is wrong with the order of things in a plan.
func (p Plan) wrong() string {
	sent := p.Latest() + p.ActionTime
	switch {
	case p.Latest() < p.Delay:
		return "the stop signal before the delay"
	case p.Deadline > 0 && sent >= p.Deadline:
		return "no stop signal before SIGKILL"
	case (p.AtDrain || p.AtStop) && p.ActionTime <= 0:
		return "no time for actions"
	}
	for _, next := range p.Next {
		if next.At > 0 && next.At <= sent {
			return "the fast signal together with the stop signal"
		}
		sent = max(next.At, sent+next.Wait)
	}
	if len(p.Next) > 0 && p.Deadline > 0 && sent > p.Deadline-margin(p.Deadline) {
		return "the last signal together with SIGKILL"
	}
	return ""
}

// oddSettings yields settings of odd numbers, each with each.
func oddSettings(yield func(Settings) bool) {
	times := []time.Duration{0, time.Millisecond, 500 * time.Millisecond, time.Second, 3 * time.Second, 5 * time.Second,
		8 * time.Second, 9999 * time.Millisecond, 12 * time.Second, 30 * time.Second, time.Hour}
	for _, grace := range times {
		for _, deadline := range times {
			for _, delay := range times {
				for bits := range 1 << 7 {
					if !yield(odd(grace, deadline, delay, bits)) {
						return
					}
				}
			}
		}
	}
}

func odd(grace, deadline, delay time.Duration, bits int) Settings {
	s := Settings{GracePeriod: grace, Deadline: deadline, Kubernetes: true, AtStop: bits&1 != 0, Until: Until(bits >> 1 & 1)}
	if bits&4 != 0 {
		s.Delay, s.DelayGiven = delay, true
	}
	if bits&8 != 0 && s.DelayGiven {
		s.DelayMax = delay + 3*time.Second
	}
	if bits&16 != 0 {
		s.StopSignalGiven, s.Schedule = true, []time.Duration{time.Second, 500 * time.Millisecond}
	}
	if place := bits >> 5; place > 0 {
		s.Order = []string{"a", "b", "c"}
		s.Name = s.Order[place-1]
	}
	return s
}
