// Package drain decides what happens in a stop, and when: which phase it is in,
// what is to be done next and at which instant it wants to be asked again.
//
// It is pure. Time comes in as an argument, facts come in as events, and what
// is to be done goes out as actions; whoever drives it owns the clock, the
// signals and the processes. A late or repeated wake is harmless.
//
//	T0              stop request   Draining   readiness red; what there is to hold for is asked, 250 ms at most
//	                facts                     the stop signal is held, or not
//	T0 + delay      hold over                 if so told, and until Reserve before the deadline: requests finish
//	                               Stopping   the stop signal, once, to the child; then the next of its schedule
//	T0 + deadline   out of time    Killing    SIGKILL
//	child exits     at any time    Sweeping   leftovers get their signal, then at most the sweep time
//	nothing left                   Exited     leave with the child's status
//
// What there is to wait for, and whether connections still arrive, it learns
// from looks it asks for, one at a time. They only ever delay the stop signal,
// or end a range of delays early; nothing is killed because of one.
//
// The timelines in testdata are its specification.
package drain

// Signal is a signal's number. The package compares signals and passes them
// on; what they are called is somebody else's business.
type Signal int

// State is the phase of the one life of a child. States only move forward.
type State int

const (
	Running  State = iota // no stop was asked for
	Draining              // stop requested: readiness red, stop signal held
	Stopping              // stop signal sent, child has not exited yet
	Killing               // deadline hit: SIGKILL sent
	Sweeping              // child exited: leftovers may finish
	Exited                // over
)

var stateNames = [...]string{"running", "draining", "stopping", "killing", "sweeping", "exited"}

// States lists every state in order, by name.
func States() []string { return stateNames[:] }

func (s State) String() string { return stateNames[s] }
