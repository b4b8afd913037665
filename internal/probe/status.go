package probe

import (
	"encoding/json"
	"slices"
	"time"
)

// The states of a drainit, in the order it goes through them.
const (
	StateRunning  = "running"  // no stop request yet
	StateDraining = "draining" // the stop signal is held
	StateStopping = "stopping" // the stop signal has been sent
	StateKilling  = "killing"  // the deadline has passed; SIGKILL has been sent
	StateSweeping = "sweeping" // the child has exited; leftovers are ended
	StateExited   = "exited"   // nothing is left
)

// states returns every state, in order.
func states() []string {
	return []string{StateRunning, StateDraining, StateStopping, StateKilling, StateSweeping, StateExited}
}

// Status is the state of a drainit at one instant, as /drain says it in JSON.
// The keys are stable: keys may be added, none changes its meaning. It names no
// client of the program.
type Status struct {
	Version      string `json:"version"`
	Name         string `json:"name"` // "" if it has none
	PID          int    `json:"pid"`
	PIDNamespace uint64 `json:"pid_namespace"` // inode of /proc/self/ns/pid
	State        string `json:"state"`         // one of the State constants
	Child        Child  `json:"child"`
	Ready        bool   `json:"ready"`       // the last answer of /readyz, see Gate.Green
	ReadyAsked   bool   `json:"ready_asked"` // somebody has asked for /readyz before the stop

	StopRequest *StopRequest `json:"stop_request"` // null before it
	WaitingFor  string       `json:"waiting_for"`  // "" when nothing is
	WillSend    WillSend     `json:"will_send"`
	Plan        Plan         `json:"plan"`
	Timeline    []Event      `json:"timeline"` // in order of After
	DeadlineHit bool         `json:"deadline_hit"`
	Connections Connections  `json:"connections"`
	Actions     Actions      `json:"actions"`
	Front       *Front       `json:"front"` // null without one

	StopOrder []string `json:"stop_order"` // empty if there is none
	Peers     []Peer   `json:"peers"`      // the other drainits of the pod that it was told of

	Signals         Signals `json:"signals"`
	SignalsEndAt    string  `json:"signals_end_at"` // the shell that is PID 1 and passes none on; "" if they arrive
	Reaped          Reaped  `json:"reaped"`
	Leftovers       int     `json:"leftovers"` // processes that outlived the child
	Warnings        uint64  `json:"warnings"`  // logged, errors included
	LogLinesDropped uint64  `json:"log_lines_dropped"`

	Reasons map[string]uint64 `json:"-"` // Warnings by message
}

// Child is the program. It may have replaced itself since it was started
// (execve(2)); Program is what it is now, and without its arguments, which may
// hold secrets.
type Child struct {
	PID        int       `json:"pid"`
	Program    string    `json:"program"`     // what the stop is about
	ProgramPID int       `json:"program_pid"` // pid, but where a shell or the like is around the program
	Started    time.Time `json:"started"`
}

// Hangup is the Signal of a [StopRequest] that was the end of standard input.
const Hangup = "hangup"

// StopRequest is the platform's stop signal, T0.
type StopRequest struct {
	Signal     string    `json:"signal"`
	At         time.Time `json:"at"`
	SecondsAgo float64   `json:"seconds_ago"` // at the instant of the status
}

// WillSend is the next signal to the child, or, before a stop request, the one
// it would be sent. Both are "" when there will be none.
type WillSend struct {
	Signal string `json:"signal"`
	Why    string `json:"why"`
}

// Plan is the settings in force. Durations count from the stop request, but for
// GracePeriod, which is the platform's, and Sweep, from the child's exit.
type Plan struct {
	DrainDelay     Duration `json:"drain_delay"`
	DrainDelayMax  Duration `json:"drain_delay_max"`  // the same, but for a range
	DrainDelayRule string   `json:"drain_delay_rule"` // why it is that long
	DrainUntil     string   `json:"drain_until"`      // what else is waited for: "delay" is nothing, "idle", "closed"
	Deadline       Limit    `json:"deadline"`
	GracePeriod    Limit    `json:"grace_period"`
	Sweep          Duration `json:"sweep"`
	UnreadyAfter   string   `json:"unready_after"` // a duration, or "stop"
	StopSignal     string   `json:"stop_signal"`   // "auto", "none", a signal or a schedule
	AtDrain        []string `json:"at_drain"`      // actions, without what may be secret
	AtStop         []string `json:"at_stop"`
}

// Event is one entry of the timeline: "stop_request", "unready",
// "stop_signal", "next_signal", "sigkill", "child_exit" and what else the
// command names. Before the stop request it is the plan and no instant is
// known; then At is absent.
type Event struct {
	Event  string    `json:"event"`
	After  Duration  `json:"after"` // from the stop request
	At     time.Time `json:"at,omitzero"`
	Done   bool      `json:"done"`
	Detail string    `json:"detail"`
}

// Peer is another drainit of the pod.
type Peer struct {
	Name  string `json:"name"`
	State string `json:"state"` // a State constant, "starting" or "ready" instead of "running", "absent" or "unknown"
	Note  string `json:"note"`  // what is wrong with it; "" if nothing is
}

// Actions counts what was done at the stop request and before the stop signal.
type Actions struct {
	AtDrain Attempts `json:"at_drain"`
	AtStop  Attempts `json:"at_stop"`
}

// Attempts counts actions by how they ended.
type Attempts struct {
	Done   uint64 `json:"done"`
	Failed uint64 `json:"failed"`
}

// Signals counts signals by name, in full: SIGTERM.
type Signals struct {
	Received  map[string]uint64 `json:"received"`
	Forwarded map[string]uint64 `json:"forwarded"`
}

// Reaped counts processes waited for.
type Reaped struct {
	Child  uint64 `json:"child"`
	Orphan uint64 `json:"orphan"`
}

// MarshalJSON gives the same shape to every status: no null where there is a
// list or a count, times in UTC and to the millisecond (RFC 3339). What it
// writes can be read back into a Status.
func (s Status) MarshalJSON() ([]byte, error) {
	type plain Status // without this method
	p := plain(s)
	p.Child.Started = instant(s.Child.Started)
	if s.StopRequest != nil {
		r := *s.StopRequest
		r.At = instant(r.At)
		p.StopRequest = &r
	}
	p.Timeline = make([]Event, len(s.Timeline))
	for i, e := range s.Timeline {
		e.At = instant(e.At)
		p.Timeline[i] = e
	}
	p.StopOrder = append([]string{}, s.StopOrder...)
	p.Peers = append([]Peer{}, s.Peers...)
	p.Signals.Received = notNil(s.Signals.Received)
	p.Plan.AtDrain, p.Plan.AtStop = slices.Concat([]string{}, s.Plan.AtDrain), slices.Concat([]string{}, s.Plan.AtStop)
	p.Signals.Forwarded = notNil(s.Signals.Forwarded)
	return json.Marshal(p)
}

// instant returns t in UTC to the millisecond, without a monotonic reading.
func instant(t time.Time) time.Time {
	return t.UTC().Truncate(time.Millisecond)
}

// notNil returns m, or an empty map for nil.
func notNil(m map[string]uint64) map[string]uint64 {
	if m == nil {
		return map[string]uint64{}
	}
	return m
}
