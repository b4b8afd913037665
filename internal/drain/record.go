package drain

import "time"

// Record is what happened in a stop. Zero instants have not come.
type Record struct {
	T0       time.Time // stop request
	Request  Signal    // the signal that was it
	First    Signal    // the one whose place that took; 0: none's
	Requests int       // stop requests in all

	Hold     time.Duration // how long the delay was to hold the stop signal, at most
	HoldRule string        // which rule decided that
	rule     string        // which one has taken its place since; see Rule
	Until    Until         // what was to be waited for besides
	Latest   time.Duration // when the stop signal was to be sent at the latest

	DelayOverAt time.Time // when the delay was over and, if so told, evidence was waited for
	AwaitedAt   Seen      // what was there then

	AtT0       Seen // connections soon after the stop request
	AtStop     Seen // as last seen before the stop signal
	AtDeadline Seen // and before SIGKILL
	Last       Seen // as last seen while the child lived

	Counted     bool      // arrivals are, as follows
	Arrived     int       // connections since the stop request, as far as looks have counted
	LastArrival time.Time // when a look counted any last
	arrivals    arrivals

	Cut Cut // what the end of the program cut

	WaitsFor []string     // the peers that had to go first, as of the stop request
	Peers    []PeerRecord // those before this one, as of the stop signal
	ExitWith string       // the peer that has gone, or "front", and with whose status this one leaves; "": none

	ActedAtDrain  time.Time // when the actions were begun
	ActedAtStop   time.Time
	UnreadyAt     time.Time
	FrontClosedAt time.Time // when the front was told to take nothing new in
	StopAt        time.Time
	StopWhy       string      // why the hold ended
	Steps         []time.Time // the signals of the schedule, of which StopAt is the first
	KillAt        time.Time
	ChildExitAt   time.Time
	ProgramEndAt  time.Time // with the child, or with what served after its exit
	ExitAt        time.Time

	Status   int  // to leave with
	SweepCut bool // leftovers were to be killed
}

// Rule returns which rule has decided how long the stop signal is held, up to
// now: that of the delay, until something else is waited for or ends it.
func (r Record) Rule() string {
	if r.rule != "" {
		return r.rule
	}
	return r.HoldRule
}

// Cut is how many requests were cut: in flight on connections that ended since
// the stop signal, or with the program. Most is the same as Least unless the
// kernel did not tell of each.
type Cut struct {
	Known       bool // else nothing is
	Least, Most int

	Left int // long-lived connections of a front that left in turn, which are none of them
}

// clean reports whether the stop has cut nothing, as far as anybody can tell:
// the stop signal was sent and nobody had to be killed, and of requests all are
// known to have been answered, or nothing is known.
func (r Record) clean() bool {
	return !r.StopAt.IsZero() && r.KillAt.IsZero() && !r.SweepCut && r.Cut.Most == 0
}

// arrivals is what looks have counted. One of drainit's own is counted for a moment, so
// the latest look's count may be taken back.
type arrivals struct {
	n      int       // connections since the stop request
	latest int       // of them, those of the last look that counted any
	last   time.Time // when that was
	before time.Time // and the one before
}

// count notes what has arrived up to a look.
func (r *Record) count(now time.Time, e Observed) {
	if !e.Known || e.Settled {
		return
	}
	a := &r.arrivals
	if a.n -= e.Recount; e.Recount > 0 && e.Recount >= a.latest {
		a.latest, a.last = 0, a.before
	}
	if e.Arrived > 0 {
		a.n, a.latest, a.before, a.last = a.n+e.Arrived, e.Arrived, a.last, now
	}
	r.Counted, r.Arrived, r.LastArrival = true, max(0, a.n), a.last
}

// see notes what a look has shown.
func (r *Record) see(s Seen) {
	r.Last = s
	if !r.AtT0.Known && r.StopAt.IsZero() {
		r.AtT0 = s
	}
	if !r.AwaitedAt.Known && !r.DelayOverAt.IsZero() {
		r.AwaitedAt = s
	}
}
