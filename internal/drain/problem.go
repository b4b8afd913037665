package drain

import (
	"fmt"
	"time"
)

// Problem is a setting that does not fit the others.
type Problem struct {
	Setting string // flag without dashes
	Wrong   string // what is wrong with its value
	Remedy  string // what would be right
}

// problems returns what does not fit in s, of which p is the plan.
func (s Settings) problems(p Plan) []Problem {
	var ps []Problem
	if s.Deadline > 0 && s.GracePeriod > 0 && s.Deadline >= s.GracePeriod {
		ps = append(ps, Problem{"deadline",
			fmt.Sprintf("not before the grace period of %v ends, so the platform's SIGKILL would come first", s.GracePeriod),
			fmt.Sprintf("leave it out (it follows from the grace period), or set less than %v", s.GracePeriod)})
	}
	ps = append(ps, s.endless(p)...)
	if tooMany := s.tooMany(); tooMany != nil { // else every place would have other problems
		return append(ps, tooMany...)
	}
	if p.Deadline == 0 || !s.DelayGiven {
		return ps
	}
	delay, longest := p.Longest(), p.Deadline-p.Reserve
	switch {
	case delay >= p.Deadline:
		ps = append(ps, Problem{"drain-delay",
			fmt.Sprintf("not before the deadline of %v, so the program would never be told to stop", p.Deadline),
			remedy(s, longest)})
	case s.GracePeriod > 0 && delay > longest:
		ps = append(ps, Problem{"drain-delay",
			fmt.Sprintf("leaves the program %v to stop before the deadline of %v; it needs %v", p.Deadline-delay, p.Deadline, p.Reserve),
			remedy(s, longest)})
	}
	return ps
}

// endless are the settings that wait for evidence, where nothing ends the wait.
func (s Settings) endless(p Plan) []Problem {
	const remedy = "set --grace-period to what the platform allows, or --deadline"
	var ps []Problem
	if p.Deadline == 0 && s.Until != UntilDelay {
		ps = append(ps, Problem{"drain-until",
			"nothing ends the wait, and a platform that allows less would kill a program that was never told to stop", remedy})
	}
	if p.Deadline == 0 && s.DelayMax > 0 {
		ps = append(ps, Problem{"drain-delay",
			fmt.Sprintf("may hold for %v, and a platform that allows less would kill a program that was never told to stop", s.DelayMax), remedy})
	}
	return ps
}

func remedy(s Settings, longest time.Duration) string {
	if s.GracePeriod > 0 && s.Deadline == 0 {
		return fmt.Sprintf("set at most %v, or a grace period of at least %v here and on the platform", longest, s.graceFor(max(s.Delay, s.DelayMax)))
	}
	return fmt.Sprintf("set at most %v, or a later deadline", longest)
}

// graceFor returns the least whole-second grace period that allows the delay.
func (s Settings) graceFor(delay time.Duration) time.Duration {
	s = Settings{GracePeriod: delay.Truncate(time.Second), Name: s.Name, Order: s.Order}
	for {
		s.GracePeriod += time.Second
		deadline := s.deadline()
		reserve := s.reserve(deadline)
		if s.stepped(deadline, reserve)-reserve >= delay {
			return s.GracePeriod
		}
	}
}
