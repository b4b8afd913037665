package drain

import "time"

// Hangup is the end of standard input among the stop requests: no signal's number.
const Hangup Signal = 1 << 10

// Event is something that happened to drainit or its child.
type Event interface{ event() }

type (
	// StopRequest is a signal that counts as the platform's stop.
	StopRequest struct {
		Signal Signal
		At     time.Time // when it was received, of the first one T0; zero: now
		Checks Checks    // as they stood then; of no interest later
	}

	// Facts answers an Ask with what was found out by then. Each may be unknown.
	Facts struct {
		// Listening: something but drainit listens on an address that is not loopback.
		Listening Answer

		// ArrivalRate is how many connections arrived a second, over the whole
		// life of the program; 0 where that is not known.
		ArrivalRate float64
	}

	// OtherSignal is a signal that is not a stop request.
	OtherSignal struct{ Signal Signal }

	// ChildExited is the end of the child. It happens once.
	ChildExited struct {
		Status int  // what drainit is to leave with
		Left   bool // processes drainit answers for, but for the front, are still there; in Killing: and leaving does not end them
		Serves bool // in a drain: they are the program from now on

		// Clean is the status to leave with instead where nothing was cut; nil:
		// there is none, or the child did not end by the stop signal.
		Clean *int
	}

	// ProgramGone says that those that served after the child's exit have gone.
	ProgramGone struct {
		Left bool // as in ChildExited
	}

	// NothingLeft says that after the child the last leftover has gone too.
	NothingLeft struct{}

	// Observed answers a Look.
	Observed struct {
		Known       bool // false: connections could not be seen, and nothing else is set
		Connections Connections
		Settled     bool // nor will it change: no other look is of use

		Arrived int           // connections since the look before, of them or the stop request
		Recount int           // of those counted by looks before, so many were drainit's own
		Quiet   time.Duration // since the last sign of life on any connection that was there before

		Took time.Duration // how long the look took
	}

	// PeerSeen says what a peer is doing from now on. After PeerGone it is not
	// looked at any more.
	PeerSeen struct {
		Name   string
		Peer   Peer
		Absent bool // PeerGone, and was not there when looked for first
	}

	// OrderOff says why nobody is to be waited for from now on.
	OrderOff struct{ Why string }

	// OrderOn takes that back, for the stop that has not begun.
	OrderOn struct{}

	// PeerLeft says that a peer with which this one is to exit has gone.
	PeerLeft struct {
		Name   string
		Status int // that it left with
	}

	// FrontIdle says that the front, which was told to close, has nothing in
	// flight any more.
	FrontIdle struct{}

	// FrontGone is the end of the front. It happens once.
	FrontGone struct {
		Status int // to leave with, unless it was told to end

		Cut Cut // requests that the program did not answer
	}

	// ActionsDone answers an Act.
	ActionsDone struct{}

	// Woken is no more than the passing of time.
	Woken struct{}
)

func (StopRequest) event() {}
func (Facts) event()       {}
func (OtherSignal) event() {}
func (ChildExited) event() {}
func (ProgramGone) event() {}
func (NothingLeft) event() {}
func (Observed) event()    {}
func (PeerSeen) event()    {}
func (OrderOff) event()    {}
func (OrderOn) event()     {}
func (PeerLeft) event()    {}
func (FrontIdle) event()   {}
func (FrontGone) event()   {}
func (ActionsDone) event() {}
func (Woken) event()       {}

// Answer is the answer to a question that the kernel may refuse.
type Answer int

const (
	Unknown Answer = iota
	No
	Yes
)

// Checks is what was answered about readiness up to the stop request.
type Checks struct {
	Configured bool // --ports or --ready-check was given
	Asked      bool // and somebody asked for readiness at least once
	EverReady  bool // and it was green at least once
	RedInARow  int  // its latest answers that were red for the program's own reasons
}

// redAnswers is how many red answers in a row mean that the platform has taken
// the program out of its routes already: the usual failure threshold.
const redAnswers = 3

// nothingToHoldFor returns why the hold is skipped, or "".
func (c Checks) nothingToHoldFor() string {
	switch {
	case c.Configured && c.Asked && !c.EverReady:
		return "never ready"
	case c.Configured && c.RedInARow >= redAnswers:
		return "not ready in its last answers"
	}
	return ""
}
