package drain

import (
	"fmt"
	"time"
)

// Record is what happened in a stop. Zero instants have not come.
type Record struct {
	T0       time.Time // stop request
	Request  Signal    // the signal that was it
	Requests int       // stop requests in all

	Hold     time.Duration // how long the stop signal was to be held
	HoldRule string        // which rule decided that

	UnreadyAt   time.Time
	StopAt      time.Time
	StopWhy     string // why the hold ended
	FastAt      time.Time
	KillAt      time.Time
	ChildExitAt time.Time
	ExitAt      time.Time

	Status     int  // to leave with
	Unkillable bool // the child survived SIGKILL
	SweepCut   bool // leftovers were killed
}

// WaitingFor says what the machine waits for, for a person who reads it in the
// middle of the night. It is empty while running and after the exit.
func (m *Machine) WaitingFor(now time.Time) string {
	in := func(t time.Time) time.Duration { return max(0, t.Sub(now)).Round(100 * time.Millisecond) }
	switch m.state {
	case Draining:
		return fmt.Sprintf("the drain delay, over in %v; then the stop signal", in(m.hold))
	case Stopping:
		if deadline, ok := m.deadline(); ok {
			return fmt.Sprintf("the child to exit; SIGKILL in %v", in(deadline))
		}
		return "the child to exit; no deadline is set, the platform's SIGKILL ends it"
	case Killing:
		return fmt.Sprintf("the child to go after SIGKILL, %v at most", in(m.patience))
	case Sweeping:
		return fmt.Sprintf("leftovers of the child to exit; SIGKILL in %v", in(m.patience))
	}
	return ""
}
