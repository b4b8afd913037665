package signals

import (
	"fmt"
	"strings"
	"syscall"
)

// Target is a process that is told to stop, and how.
type Target struct {
	PID      int      // 0: nobody
	Parent   int      // as it was seen; 0: drainit
	Began    uint64   // see Process
	Name     string   // what the log calls it
	Program  Program  // what runs there
	Serves   Service  // whom, as far as that was looked at
	Signal   Signal   // 0: none is sent
	Next     []Signal // of the schedule: for auto, the program's fast signal if it has one
	Why      string   // Signal's reason in one phrase, for the log
	Response Response // to Signal, as far as the kernel tells
	After    []int    // the processes that have to go first
	PassesOn bool     // it is a shell whose script sends signals: what it leaves behind has been told
	Around   []int    // of one in Held: what wraps it, outermost first, which may suspend itself with it
}

// targetOf returns p as a target, before it is said what it gets.
func targetOf(p *Process, parent int) Target {
	return Target{PID: p.PID, Parent: parent, Began: p.Began, Name: p.Name(), Program: Identify(p.Comm, p.Argv), Serves: p.Serves}
}

// Name is what people call the process: the program's name in the table, else
// that of its file or title. What the kernel calls it may be one of its threads'.
func (p *Process) Name() string {
	if name := Identify(p.Comm, p.Argv).Name; name != "" {
		return name
	}
	if len(p.Argv) == 0 || p.Argv[0] == "" {
		return p.Comm
	}
	name, _ := cutTitle(p.Argv[0])
	return strings.TrimPrefix(name, "-") // a login shell
}

// throughDrainit leaves it to the drainit inside what is graceful, and so its own
// settings in force. The same signal again is the program's fast one.
func (t Target) throughDrainit(request Signal) Target {
	t.Signal, t.Why = syscall.SIGTERM, "another drainit stops the program"
	if request == syscall.SIGINT {
		t.Signal = syscall.SIGINT
	}
	if t.Program.Fast != 0 {
		t.Next = []Signal{t.Signal}
	}
	return t
}

// ByDefault is why a program gets SIGTERM of which nothing is known.
const ByDefault = "SIGTERM is the default"

// graceful chooses the signal for p, which runs the program: its row's graceful
// signal where the program handles it by now: while it still starts, or where
// something else has its name, the signal might be ignored, which ends nothing.
// Else SIGINT if that was the stop request and the program does not ignore it, as
// tini would pass on; else the request, if the program has a handler for it and
// the table does not say that it goes on after that: its author's own way to stop.
// Else SIGTERM.
func (t Target) graceful(p *Process, request Signal) Target {
	row := t.Program
	switch {
	case row.Graceful != 0 && (p.MasksUnknown || p.handles(row.Graceful)):
		t.Signal, t.Why = row.Graceful, row.why()
	case request == syscall.SIGINT && !p.Ignored.Has(syscall.SIGINT):
		t.Signal, t.Why = syscall.SIGINT, "the stop request was SIGINT"
	case p.meansStop(request, row):
		t.Signal, t.Why = request, "the stop request was "+Name(request)+", which the program handles"
	case row.Graceful != 0:
		t.Signal, t.Why = syscall.SIGTERM, fmt.Sprintf("%s does not handle %s", row.Name, Name(row.Graceful))
	case request == syscall.SIGINT:
		t.Signal, t.Why = syscall.SIGTERM, "the program ignores SIGINT"
	default:
		t.Signal, t.Why = syscall.SIGTERM, ByDefault
	}
	if t.Signal == row.End() && row.Fast != 0 && (row.Graceful == 0 || p.MasksUnknown || p.handles(row.Graceful)) {
		t.Next = []Signal{row.Fast}
	}
	t.Response = p.response(t.Signal)
	return t
}

// meansStop reports whether p's handler for the stop request is its way to stop.
// The handlers of runtimes are not: Go's catch everything, and Node.js opens its
// debugger on SIGUSR1.
func (p *Process) meansStop(request Signal, row Program) bool {
	switch {
	case request == syscall.SIGTERM || p.MasksUnknown || p.catchesAll() || row.GoesOn.Has(request):
		return false
	case request == syscall.SIGUSR1 && isNode(p):
		return false
	}
	return p.Caught.Has(request) && sendable(request) == nil
}

func isNode(p *Process) bool {
	name := p.Name()
	return name == "node" || name == "nodejs"
}

func (p Program) why() string {
	return fmt.Sprintf("%s: graceful is %s", p.Name, Name(p.Graceful))
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
func (p *Process) response(sig Signal) Response {
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
