package signals

import (
	"fmt"
	"syscall"
)

// Target is who gets which signal to stop the program.
type Target struct {
	PID      int
	Program  Program  // what runs there
	Wrappers []int    // the processes looked through, outermost first: SIGTERM is theirs, once PID has gone
	Signal   Signal   // 0: none is sent
	Next     []Signal // of the schedule: for auto, the program's fast signal if it has one
	Why      string   // Signal's reason in one phrase, for the log
	Response Response // to Signal, as far as the kernel tells
}

// Resolve decides for root, the child that drainit started, as it and its
// descendants are by now. request is the signal that was the stop request.
//
// A fixed stop signal goes to root itself, whatever that is. For none it is who
// a signal of an action goes to. auto looks for the program first, through
// shells, package managers and other inits (lookThrough). A drainit among them is
// left to stop the program. Else auto takes its row's graceful signal where the
// program handles it by now: while it still starts, or where something else has
// its name, the signal might be ignored, which ends nothing. Else it takes SIGINT
// if that was the stop request and the program does not ignore it, as tini would
// pass on, else SIGTERM.
func (s StopSignal) Resolve(root Process, request Signal) Target {
	if s.steps != nil {
		return s.fixed(root)
	}
	p, around := lookThrough(root)
	t := Target{PID: p.PID, Program: Identify(p.Comm, p.Argv), Wrappers: around.pids}
	if around.relay.PID != 0 {
		t.PID = around.relay.PID
	}
	if s.none {
		t.Why = "set by --stop-signal"
		return t
	}
	if around.relay.IsDrainit() {
		return t.throughDrainit(request)
	}
	return t.graceful(p, request)
}

// throughDrainit leaves it to the drainit inside what is graceful, and so its own
// settings in force. The same signal again is the program's fast one.
func (t Target) throughDrainit(request Signal) Target {
	t.Signal, t.Why = syscall.SIGTERM, "another drainit stops the program"
	if request == syscall.SIGINT {
		t.Signal = syscall.SIGINT
	}
	if t.Program.Fast != 0 && t.Program.Fast != t.Program.Graceful {
		t.Next = []Signal{t.Signal}
	}
	return t
}

// graceful chooses the signal for p, which runs the program.
func (t Target) graceful(p Process, request Signal) Target {
	row := t.Program
	switch {
	case row.Graceful != 0 && (p.MasksUnknown || p.handles(row.Graceful)):
		t.Signal, t.Why = row.Graceful, row.why()
	case request == syscall.SIGINT && !p.Ignored.Has(syscall.SIGINT):
		t.Signal, t.Why = syscall.SIGINT, "the stop request was SIGINT"
	case row.Graceful != 0:
		t.Signal, t.Why = syscall.SIGTERM, fmt.Sprintf("%s does not handle %s", row.Name, Name(row.Graceful))
	case request == syscall.SIGINT:
		t.Signal, t.Why = syscall.SIGTERM, "the program ignores SIGINT"
	default:
		t.Signal, t.Why = syscall.SIGTERM, "SIGTERM is the default"
	}
	if t.Signal == row.End() && row.Fast != 0 && (row.Graceful == 0 || p.MasksUnknown || p.handles(row.Graceful)) {
		t.Next = []Signal{row.Fast}
	}
	t.Response = p.response(t.Signal)
	return t
}

// Response is what a program does with a signal.
type Response int

const (
	ResponseUnknown Response = iota
	Handles                  // it has said what
	Ends                     // nothing, so that the signal ends it at once
	Ignores                  // nothing, and it goes on
)

// response is asked of signals that end a program by default (signal(7)), as
// all stop signals but SIGWINCH do, which no program ends on that has not said so.
func (p Process) response(sig Signal) Response {
	switch {
	case p.MasksUnknown || sig == 0:
		return ResponseUnknown
	case p.handles(sig):
		return Handles
	case p.Ignored.Has(sig) || sig == syscall.SIGWINCH:
		return Ignores
	}
	return Ends
}

// fixed is a signal or schedule that was given: root's, whatever that is.
func (s StopSignal) fixed(root Process) Target {
	sigs := s.Signals()
	return Target{
		PID: root.PID, Program: Identify(root.Comm, root.Argv), Signal: sigs[0], Next: sigs[1:],
		Why: "set by --stop-signal", Response: root.response(sigs[0]),
	}
}

func (p Program) why() string {
	return fmt.Sprintf("%s: graceful is %s", p.Name, Name(p.Graceful))
}

// Running returns the program found under root as auto finds it, for Facts,
// whatever the stop signal is.
func Running(root Process) Program {
	p, _ := lookThrough(root)
	return Identify(p.Comm, p.Argv)
}
