package drain

import "time"

// Record is what happened in a stop. Zero instants have not come.
type Record struct {
	T0       time.Time // stop request
	Request  Signal    // the signal that was it
	Requests int       // stop requests in all

	Hold     time.Duration // how long the delay was to hold the stop signal, at most
	HoldRule string        // which rule decided that
	Until    Until         // what was to be waited for besides
	Latest   time.Duration // when the stop signal was to be sent at the latest

	DelayOverAt time.Time // when the delay was over and, if so told, evidence was waited for
	AwaitedAt   Seen      // what was there then

	AtT0       Seen // connections soon after the stop request
	AtStop     Seen // as last seen before the stop signal
	AtDeadline Seen // and before SIGKILL
	Last       Seen // as last seen while the child lived

	CutKnown bool // Cut was counted, and not only seen before the exit
	cut      int

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
	ExitAt        time.Time

	Status   int  // to leave with
	SweepCut bool // leftovers were to be killed
}

// Cut returns how many requests were in flight when the child exited or was
// killed, and whether anything is known of that. Unless CutKnown it is what was
// last seen before, and may be too much: a program that ends with its last
// request then seems to have cut it.
func (r Record) Cut() (requests int, known bool) {
	if r.CutKnown {
		return r.cut, !r.T0.IsZero()
	}
	ended := !r.ChildExitAt.IsZero() || !r.KillAt.IsZero()
	if r.T0.IsZero() || !ended || !r.Last.Known {
		return 0, false
	}
	return r.Last.InFlight, true
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
