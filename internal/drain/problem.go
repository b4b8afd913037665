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
	if p.Deadline == 0 {
		return ps
	}
	if late := s.tooLate(p); late != nil {
		return append(ps, late...)
	}
	return append(append(ps, s.tooLong(p)...), s.staysTooLong(p)...)
}

// tooLate returns what is wrong with a delay that does not fit before the
// deadline, even were the stop signal the only one.
func (s Settings) tooLate(p Plan) []Problem {
	reserve := s.reserve(s.deadline())
	delay, longest := p.Longest(), p.Deadline-reserve
	switch {
	case !s.DelayGiven:
	case delay >= p.Deadline:
		return []Problem{{"drain-delay",
			fmt.Sprintf("not before the deadline of %v, so the program would never be told to stop", p.Deadline),
			s.remedy(longest)}}
	case s.GracePeriod > 0 && delay > longest:
		return []Problem{{"drain-delay",
			fmt.Sprintf("leaves the program %v to stop before the deadline of %v; it needs %v", p.Deadline-delay, p.Deadline, reserve),
			s.remedy(longest)}}
	}
	return nil
}

// endless are the settings that wait for evidence, where nothing ends the wait.
func (s Settings) endless(p Plan) []Problem {
	const remedy = "set --grace-period to what the platform allows, or --deadline"
	var ps []Problem
	if p.Deadline == 0 && s.Until != UntilDelay {
		ps = append(ps, Problem{"drain-until",
			"nothing ends the wait, and a platform that allows less would kill a program that was never told to stop", remedy})
	}
	if p.Deadline == 0 && s.IdleCheck {
		ps = append(ps, Problem{"idle-check",
			"nothing ends the wait, and a platform that allows less would kill a program that was never told to stop", remedy})
	}
	if p.Deadline == 0 && s.Front {
		ps = append(ps, Problem{"front",
			"nothing ends the wait for requests in flight, and a platform that allows less would kill a program that was never told to stop", remedy})
	}
	if p.Deadline == 0 && s.DelayMax > 0 {
		ps = append(ps, Problem{"drain-delay",
			fmt.Sprintf("may hold for %v, and a platform that allows less would kill a program that was never told to stop", s.DelayMax), remedy})
	}
	return ps
}

func (s Settings) remedy(longest time.Duration) string {
	return fmt.Sprintf("set at most %v, or %s", longest, s.later())
}

// graceFor returns the least whole-second grace period that allows the delay
// and what follows it.
func (s Settings) graceFor() time.Duration {
	s.GracePeriod = (max(s.Delay, s.DelayMax) + s.lasts(0)).Truncate(time.Second)
	for {
		s.GracePeriod += time.Second
		deadline := s.deadline()
		reserve := s.reserve(deadline)
		delay, _ := s.delay(deadline)
		if !s.DelayGiven && s.behind() > 0 {
			delay = 0 // which gives way to the order
		}
		deadline = s.stepped(deadline, reserve)
		if deadline-max(reserve, s.lasts(deadline)) >= max(delay, s.DelayMax) {
			return s.GracePeriod
		}
	}
}
