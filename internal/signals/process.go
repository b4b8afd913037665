package signals

import "math/bits"

// Process is what is known of a process and of those below it. Zombies are
// left out of Children by whoever fills it in: nobody can be signalled there.
type Process struct {
	PID   int
	Began uint64 // when it was forked: with its PID it is that process and no other; 0 where that is not known

	Comm string   // /proc/PID/comm: at most 15 bytes, and threads may rename it
	Argv []string // /proc/PID/cmdline: may be a title the program has set, in one string

	// The signal sets of /proc/PID/status. A thread in sigwaitinfo(2) shows the
	// signals it waits for as not blocked, and programs that block with
	// signalfd(2) show nothing else, so both sets together are what a program
	// answers to, and still not all of it.
	Caught, Blocked, Ignored Mask
	MasksUnknown             bool // the kernel does not say, as gVisor's

	LeadsTerminal bool // its end would be that of its terminal, which hangs up on all who have it

	Script string // of a shell that reads a file: what is in it, as far as that is known

	Serves Service // it or what is below it; filled in where that can matter
	Reads  []int   // the processes of the tree that write into the pipe that is its standard input

	Children []Process
}

// Service is whom a process serves by what it listens on. More is better.
type Service int

const (
	ServesNobody  Service = iota
	ServesInside          // on loopback or a unix socket: others of this container, most likely
	ServesOutside         // on an address that can be reached from outside
)

// Tree is what descends from drainit.
type Tree struct {
	Root    Process   // the child that drainit started; PID 0: it has gone
	Adopted []Process // its other children: orphans that it has adopted
}

// handles reports whether the program has said what sig does to it: by a
// handler, or by blocking it to read it with sigwait(3) or signalfd(2).
func (p *Process) handles(sig Signal) bool {
	return p.Caught.Has(sig) || p.Blocked.Has(sig)
}

// catchesAll reports whether it is a runtime that catches whatever there is, as
// Go's does: that says nothing of what the program makes of a signal. A program
// with handlers of its own has a dozen; bash with an EXIT trap has 18.
func (p *Process) catchesAll() bool {
	const standard, most = 1<<31 - 1, 22
	return bits.OnesCount64(uint64(p.Caught)&standard) >= most
}

// endedBy reports whether sig, which ends a process by default, would do so.
func (p *Process) endedBy(sig Signal) bool {
	return !p.MasksUnknown && !p.handles(sig) && !p.Ignored.Has(sig)
}
