package signals

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// StopSignal says what stops the program: auto, which is the zero value, one
// signal or a schedule of several, or none.
type StopSignal struct {
	steps []step // none for auto
	none  bool   // no signal at all
}

// step is one signal of a schedule.
type step struct {
	signal Signal
	wait   time.Duration // from the one before; 0 of the first
}

// ParseStopSignal reads auto, none, a signal, or a schedule: see parseSchedule.
// Empty is auto. duration reads how long a schedule waits, and says so where it
// cannot.
func ParseStopSignal(s string, duration func(string) (time.Duration, error)) (StopSignal, error) {
	switch {
	case s == "" || strings.EqualFold(s, "auto"):
		return StopSignal{}, nil
	case strings.EqualFold(s, "none"):
		return StopSignal{none: true}, nil
	case strings.Contains(s, "/"):
		steps, err := parseSchedule(s, duration)
		return StopSignal{steps: steps}, err
	case strings.Contains(s, ","):
		return StopSignal{}, errors.New("several signals want a time between them; write a schedule, such as QUIT/20s/TERM")
	}
	sig, err := ParseSent(s)
	if err != nil {
		return StopSignal{}, err
	}
	return StopSignal{steps: []step{{signal: sig}}}, nil
}

// ParseSent reads a signal that drainit is to send to the program.
func ParseSent(s string) (Signal, error) {
	sig, err := Parse(s)
	if err != nil {
		return 0, err
	}
	return sig, sendable(sig)
}

// Auto reports whether the program decides.
func (s StopSignal) Auto() bool { return s.steps == nil && !s.none }

// None reports whether no signal is sent.
func (s StopSignal) None() bool { return s.none }

// Waits returns how long after each signal of a schedule the next one follows.
func (s StopSignal) Waits() []time.Duration {
	var waits []time.Duration
	for i, st := range s.steps {
		if i > 0 {
			waits = append(waits, st.wait)
		}
	}
	return waits
}

// Signals returns the signals of a schedule, or the one that was given.
func (s StopSignal) Signals() []Signal {
	var sigs []Signal
	for _, st := range s.steps {
		sigs = append(sigs, st.signal)
	}
	return sigs
}

// String returns auto, none, the signal's name, or the schedule as it is
// written: SIGQUIT/20s/SIGTERM.
func (s StopSignal) String() string {
	if s.none {
		return "none"
	}
	if s.Auto() {
		return "auto"
	}
	var b strings.Builder
	for i, st := range s.steps {
		if i > 0 {
			fmt.Fprintf(&b, "/%v/", st.wait)
		}
		b.WriteString(Name(st.signal))
	}
	return b.String()
}
