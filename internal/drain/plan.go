package drain

import "time"

const (
	// autoDelay covers in-cluster propagation ("fast, 5 s or so" in the words
	// of those who run it) and is the most the default ever holds.
	autoDelay = 5 * time.Second

	// killMargin is how long before the platform's own SIGKILL ours comes, so
	// that exit status and report survive.
	killMargin = 2 * time.Second

	// maxReserve bounds the time kept free for the child's own stop.
	maxReserve = 5 * time.Second
)

// Settings is what was asked for. A zero field was not.
type Settings struct {
	GracePeriod time.Duration // what the platform allows, from its stop signal

	Delay      time.Duration // drain delay, if DelayGiven
	DelayMax   time.Duration // 0: Delay is all; else it may take this long, as silence says
	DelayGiven bool          // false: auto

	Until     Until // what else must be true before the stop signal
	IdleCheck bool  // the program is asked, too, whether it is idle
	Front     bool  // a front takes the program's clients in, and what it has in flight is waited for
	LongLived Stay  // of its connections

	Deadline    time.Duration // from the stop request; the pod's, where there is an order
	DeadlineOff bool          // no deadline, whatever the grace period

	StopSignalGiven bool            // not auto, which adds the program's fast signal
	Schedule        []time.Duration // given: how long after each signal the next one follows

	AtDrain, AtStop bool // there is something to do then

	Sweep time.Duration // for leftovers, from the child's exit

	UnreadyAfter    time.Duration // from the stop request
	UnreadyWithStop bool          // with the stop signal instead

	Kubernetes bool // the platform is Kubernetes
	Held       bool // another drainit holds before this one is asked

	Name  string   // among the drainits of the pod
	Order []string // in which they stop; the name is one of them
}

// Plan is what follows from the settings. Its instants count from the stop
// request unless they say otherwise.
type Plan struct {
	GracePeriod time.Duration // 0: unknown

	Delay      time.Duration
	DelayMax   time.Duration // 0: Delay is all; else silence ends it earlier
	DelayGiven bool          // by the user, not by a default
	DelayRule  string        // why it is what it is

	Until Until // what else is waited for, until Reserve before the deadline
	Front bool  // the front takes nothing new in once the hold is over

	LongLived Stay // of its connections

	IdleCheck bool // the program is asked, too, whether it is idle

	Before []string // the peers that have to go first, until Reserve before the deadline

	Deadline time.Duration // 0: never; SIGKILL
	Reserve  time.Duration // kept free before the deadline for the child's stop; 0: no deadline

	Next []Step // of the stop signal's schedule, after the stop signal

	AtDrain, AtStop bool          // actions: at the stop request, and when the stop signal is due
	ActionTime      time.Duration // for what the stop signal waits for of them

	Sweep time.Duration // from the child's exit

	UnreadyAfter    time.Duration
	UnreadyWithStop bool
}

// Plan works out the timeline. The plan is usable even where problems are
// reported, so that it can be shown; a child must not be started under it.
func (s Settings) Plan() (Plan, []Problem) {
	p := Plan{
		GracePeriod:     s.GracePeriod,
		AtDrain:         s.AtDrain,
		AtStop:          s.AtStop,
		Front:           s.Front,
		LongLived:       s.LongLived,
		IdleCheck:       s.IdleCheck,
		Sweep:           s.Sweep,
		UnreadyAfter:    s.UnreadyAfter,
		UnreadyWithStop: s.UnreadyWithStop,
	}
	p.Deadline = s.deadline()
	p.Delay, p.DelayRule = s.delay(p.Deadline)
	p.DelayGiven = s.DelayGiven
	p.Reserve = s.reserve(p.Deadline)
	p.Deadline, p.Before = s.stepped(p.Deadline, p.Reserve), s.Before()
	if p.Deadline > 0 {
		p.Reserve = min(p.Deadline, max(p.Reserve, s.lasts(p.Deadline)))
	}
	if p.Deadline > 0 && !p.DelayGiven && s.behind() > 0 && p.Delay > p.Deadline-p.Reserve {
		p.Delay, p.DelayRule = max(0, p.Deadline-p.Reserve), "auto: what its place in the stop order leaves"
	}
	if p.Deadline > 0 { // else nothing would end what waits for evidence
		p.DelayMax, p.Until = s.DelayMax, s.until()
	}
	p.ActionTime = s.actionTime(p)
	p.Next = s.schedule(p)
	return p, s.problems(p)
}

// Longest returns how long the stop signal is held for the delay's sake, at most.
func (p Plan) Longest() time.Duration { return max(p.Delay, p.DelayMax) }

// Latest returns when the stop signal is sent at the latest, unless that was
// asked for, and but for the time of the actions.
func (p Plan) Latest() time.Duration {
	return max(p.alone(), p.PeersLatest())
}

// alone is Latest where no peer is waited for.
func (p Plan) alone() time.Duration {
	if p.Until == UntilDelay {
		return p.Longest()
	}
	return max(p.Longest(), p.Deadline-p.Reserve)
}

// StopBudget returns how long the program has at least from its stop signal to the next one
// of the schedule, or to SIGKILL; 0 where neither comes.
func (p Plan) StopBudget() time.Duration {
	sent := p.Latest() + p.ActionTime
	budget := max(0, p.Deadline-sent)
	if len(p.Next) == 0 {
		return budget
	}
	next := p.Next[0].Wait
	if at := p.Next[0].At; at > 0 {
		next = at - sent
	}
	if p.Deadline == 0 {
		return next
	}
	return min(next, budget)
}

// until is what was asked for, and with a front or a check of the program's at least that
// nothing is in flight.
func (s Settings) until() Until {
	if (s.Front || s.IdleCheck) && s.Until == UntilDelay {
		return UntilIdle
	}
	return s.Until
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

// allowed is how long a stop may take, and which setting says so: the grace
// period, or a deadline that was given without one or comes earlier than what
// would follow from it.
func (s Settings) allowed(deadline time.Duration) (d time.Duration, of string) {
	if s.GracePeriod == 0 || deadline > 0 && s.Deadline > 0 && deadline < s.GracePeriod {
		return deadline, "deadline"
	}
	return s.GracePeriod, "grace period"
}

// delay is what was given, or 5s where a platform is known to want it, but
// never more than a quarter of what is known to be allowed.
func (s Settings) delay(deadline time.Duration) (time.Duration, string) {
	allowed, of := s.allowed(deadline)
	switch {
	case s.DelayGiven:
		return s.Delay, "as given"
	case s.Held:
		return 0, "auto: another drainit holds"
	case s.GracePeriod == 0 && !s.Kubernetes:
		return 0, "auto: neither Kubernetes nor a grace period"
	case allowed > 0 && allowed/4 < autoDelay:
		return allowed / 4, "auto: a quarter of the " + of
	case s.Kubernetes:
		return autoDelay, "auto: Kubernetes"
	}
	return autoDelay, "auto: a grace period is given"
}

// reserve is a quarter of what is allowed, 5s at most. Peers reckon with it: it
// follows from what all places in the stop order are told alike.
func (s Settings) reserve(deadline time.Duration) time.Duration {
	if deadline == 0 {
		return 0
	}
	allowed, _ := s.allowed(deadline)
	return min(allowed/4, maxReserve)
}
