package drain

import (
	"fmt"
	"time"
)

const (
	// autoDelay covers in-cluster propagation ("fast, 5 s or so" in the words
	// of those who run it) and is the most the default ever holds.
	autoDelay = 5 * time.Second

	// killMargin is how long before the platform's own SIGKILL ours comes, so
	// that exit status and report survive.
	killMargin = 2 * time.Second

	// fastMargin is how long before the deadline a program's fast signal comes,
	// but never more than a fifth of the deadline: under a short one the
	// graceful stop needs what there is.
	fastMargin = 2 * time.Second

	// maxReserve bounds the time kept free for the child's own stop.
	maxReserve = 5 * time.Second
)

// Settings is what was asked for. A zero field was not.
type Settings struct {
	GracePeriod time.Duration // what the platform allows, from its stop signal

	Delay      time.Duration // drain delay, if DelayGiven
	DelayGiven bool          // false: auto

	Deadline    time.Duration // from the stop request
	DeadlineOff bool          // no deadline, whatever the grace period

	Sweep time.Duration // for leftovers, from the child's exit

	UnreadyAfter    time.Duration // from the stop request
	UnreadyWithStop bool          // with the stop signal instead

	Kubernetes bool // the platform is Kubernetes
}

// Plan is what follows from the settings. Its instants count from the stop
// request unless they say otherwise.
type Plan struct {
	GracePeriod time.Duration // 0: unknown

	Delay      time.Duration
	DelayGiven bool   // by the user, not by a default
	DelayRule  string // why it is what it is

	Deadline time.Duration // 0: never; SIGKILL
	Reserve  time.Duration // kept free before the deadline for the child's stop; 0: no deadline

	FastAt time.Duration // 0: never; the program's fast signal

	Sweep time.Duration // from the child's exit

	UnreadyAfter    time.Duration
	UnreadyWithStop bool
}

// Problem is a setting that does not fit the others.
type Problem struct {
	Setting string // flag without dashes
	Wrong   string // what is wrong with its value
	Remedy  string // what would be right
}

// Plan works out the timeline. The plan is usable even where problems are
// reported, so that it can be shown; a child must not be started under it.
func (s Settings) Plan() (Plan, []Problem) {
	p := Plan{
		GracePeriod:     s.GracePeriod,
		Sweep:           s.Sweep,
		UnreadyAfter:    s.UnreadyAfter,
		UnreadyWithStop: s.UnreadyWithStop,
	}
	p.Deadline = s.deadline()
	p.Delay, p.DelayRule = s.delay(p.Deadline)
	p.DelayGiven = s.DelayGiven
	p.Reserve = s.reserve(p.Deadline)
	if fast := p.Deadline - min(fastMargin, p.Deadline/5); fast > p.Delay {
		p.FastAt = fast
	}
	return p, s.problems(p)
}

// deadline is the grace period less 2s (less a fifth under 10s) unless it was given.
func (s Settings) deadline() time.Duration {
	switch {
	case s.DeadlineOff:
		return 0
	case s.Deadline > 0:
		return s.Deadline
	case s.GracePeriod > 0 && s.GracePeriod < 10*time.Second:
		return s.GracePeriod - s.GracePeriod/5
	case s.GracePeriod > 0:
		return s.GracePeriod - killMargin
	}
	return 0
}

// delay is what was given, or 5s where a platform is known to want it, but
// never more than a quarter of what is known to be allowed.
func (s Settings) delay(deadline time.Duration) (time.Duration, string) {
	allowed, of := s.GracePeriod, "grace period"
	if allowed == 0 {
		allowed, of = deadline, "deadline"
	}
	switch {
	case s.DelayGiven:
		return s.Delay, "as given"
	case s.GracePeriod == 0 && !s.Kubernetes:
		return 0, "auto: neither Kubernetes nor a grace period"
	case allowed > 0 && allowed/4 < autoDelay:
		return allowed / 4, "auto: a quarter of the " + of
	case s.Kubernetes:
		return autoDelay, "auto: Kubernetes"
	}
	return autoDelay, "auto: a grace period is given"
}

func (s Settings) reserve(deadline time.Duration) time.Duration {
	if deadline == 0 {
		return 0
	}
	allowed := s.GracePeriod
	if allowed == 0 {
		allowed = deadline
	}
	return min(allowed/4, maxReserve)
}

func (s Settings) problems(p Plan) []Problem {
	var ps []Problem
	if s.Deadline > 0 && s.GracePeriod > 0 && s.Deadline >= s.GracePeriod {
		ps = append(ps, Problem{"deadline",
			fmt.Sprintf("not before the grace period of %v ends, so the platform's SIGKILL would come first", s.GracePeriod),
			fmt.Sprintf("leave it out (it follows from the grace period), or set less than %v", s.GracePeriod)})
	}
	if p.Deadline == 0 || !s.DelayGiven {
		return ps
	}
	longest := p.Deadline - p.Reserve
	switch {
	case s.Delay >= p.Deadline:
		ps = append(ps, Problem{"drain-delay",
			fmt.Sprintf("not before the deadline of %v, so the program would never be told to stop", p.Deadline),
			remedy(s, longest)})
	case s.GracePeriod > 0 && s.Delay > longest:
		ps = append(ps, Problem{"drain-delay",
			fmt.Sprintf("leaves the program %v to stop before the deadline of %v; it needs %v", p.Deadline-s.Delay, p.Deadline, p.Reserve),
			remedy(s, longest)})
	}
	return ps
}

func remedy(s Settings, longest time.Duration) string {
	if s.GracePeriod > 0 && s.Deadline == 0 {
		return fmt.Sprintf("set at most %v, or a grace period of at least %v here and on the platform", longest, graceFor(s.Delay))
	}
	return fmt.Sprintf("set at most %v, or a later deadline", longest)
}

// graceFor returns the least whole-second grace period that allows the delay.
func graceFor(delay time.Duration) time.Duration {
	s := Settings{GracePeriod: delay.Truncate(time.Second)}
	for {
		s.GracePeriod += time.Second
		if deadline := s.deadline(); deadline-s.reserve(deadline) >= delay {
			return s.GracePeriod
		}
	}
}
