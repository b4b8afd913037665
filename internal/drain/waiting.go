package drain

import (
	"fmt"
	"time"
)

// WaitingFor says what the machine waits for, for a person who reads it in the
// middle of the night. It is empty while running and after the exit.
func (m *Machine) WaitingFor(now time.Time) string {
	in := func(t time.Time) time.Duration { return max(0, t.Sub(now)).Round(100 * time.Millisecond) }
	switch m.state {
	case Draining:
		if m.acting() {
			return fmt.Sprintf("actions to be done; the stop signal in %v at most", in(m.acts.until))
		}
		if m.peers.held != "" {
			return fmt.Sprintf("%v; the stop signal in %v at most", &m.peers, in(m.peers.latest))
		}
		if m.wait.delayOver {
			return fmt.Sprintf("%s; the stop signal in %v at most", m.awaited(), in(m.wait.latest))
		}
		return fmt.Sprintf("the drain delay, over in %v%s; then %s", in(m.hold.until), m.orSilence(), m.thereafter())
	case Stopping:
		next := ""
		if due, ok := m.due(); ok && m.plan.Next[len(m.rec.Steps)-1].At == 0 { // else the program may have none
			next = fmt.Sprintf("; the next signal in %v", in(due))
		}
		whom := "the child to exit"
		if m.sweep.serves {
			whom = "what the child left behind, which serves, to exit"
		}
		if deadline, ok := m.deadline(); ok {
			return fmt.Sprintf("%s%s; SIGKILL in %v", whom, next, in(deadline))
		}
		return whom + next + "; no deadline is set, the platform's SIGKILL ends it"
	case Killing:
		if m.childGone() {
			return fmt.Sprintf("leftovers of the child to go after SIGKILL, %v at most", in(m.sweep.patience))
		}
		return fmt.Sprintf("the child to go after SIGKILL, %v at most", in(m.sweep.patience))
	case Sweeping:
		if m.Finishing() {
			return fmt.Sprintf("the front to answer its last clients, %v at most", in(m.sweep.patience))
		}
		return fmt.Sprintf("leftovers of the child to exit; SIGKILL in %v", in(m.sweep.patience))
	}
	return ""
}

// awaited names what keeps the stop signal back once the delay is over.
func (m *Machine) awaited() string {
	last := m.rec.Last
	switch {
	case !last.Known:
		return "requests in flight, if any: connections cannot be seen"
	case m.wait.until == UntilClosed:
		return last.String()
	case !UntilIdle.holdsUp(last.Connections):
		return "another look at the connections, none of which is in flight"
	}
	last.Idle = 0
	return last.String()
}

// orSilence says what may end the delay earlier.
func (m *Machine) orSilence() string {
	if m.plan.DelayMax > 0 && m.rec.Hold > m.plan.Delay {
		return ", or when nothing arrives any more"
	}
	return ""
}

// thereafter says what comes after the delay.
func (m *Machine) thereafter() string {
	switch m.wait.until {
	case UntilIdle:
		return "requests in flight"
	case UntilClosed:
		return "connections to be closed"
	}
	return "the stop signal"
}
