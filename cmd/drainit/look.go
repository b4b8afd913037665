package main

import (
	"os"
	"time"

	"drainit/internal/proc"
	"drainit/internal/signals"
)

const (
	// lookDepth bounds how far wrappers are looked through.
	lookDepth = 16

	// lookPatience bounds how long a look waits for command lines: a signal
	// must not wait for a process that hangs in the kernel.
	lookPatience = 250 * time.Millisecond

	// stopPatience is for the look before the stop signal, which is sent once
	// and should be the right one.
	stopPatience = time.Second

	// childrenLooked bounds how many children of a wrapper are looked at.
	childrenLooked = 128
)

// looker looks at processes, for the loop and for probes alike.
type looker struct {
	lines *commandLines
}

// at returns what the process is running by now, and, below it, the chain of
// only children that a wrapper can be looked through for. Where /proc does not
// tell (not mounted, another PID namespace's) it is the bare PID. Command lines
// that cannot be read within patience are what they were last.
func (l looker) at(pid int, patience time.Duration) signals.Process {
	if proc.Check() != nil {
		return signals.Process{PID: pid, MasksUnknown: true}
	}
	return l.look(pid, lookDepth, time.Now().Add(patience))
}

func (l looker) look(pid, depth int, until time.Time) signals.Process {
	p := signals.Process{PID: pid}
	if stat, err := proc.Stat(pid); err == nil {
		p.Comm = stat.Comm
	}
	p.Argv = l.lines.of(pid, p.Comm, until)
	st, err := proc.ReadStatus(pid)
	p.MasksUnknown = err != nil || !st.HasSignals
	if !p.MasksUnknown {
		p.Blocked, p.Ignored, p.Caught = signals.Mask(st.Blocked), signals.Mask(st.Ignored), signals.Mask(st.Caught)
	}
	if !p.Wraps() {
		return p // whose children are its own: there can be thousands
	}
	children, _ := proc.SomeChildren(pid, childrenLooked)
	alive := atMostTwo(children, proc.Alive)
	if len(alive) == 1 && depth > 0 {
		p.Children = []signals.Process{l.look(alive[0], depth-1, until)}
		return p
	}
	for _, c := range alive {
		p.Children = append(p.Children, signals.Process{PID: c})
	}
	return p
}

// atMostTwo returns the first two that are alive: with a second one there is a
// doubt which is the program. Where there are too many children to look at there
// is a doubt too.
func atMostTwo(children []int, alive func(pid int) bool) []int {
	if len(children) >= childrenLooked {
		return children[:2]
	}
	var found []int
	for _, c := range children {
		if alive(c) {
			found = append(found, c)
		}
		if len(found) == 2 {
			break
		}
	}
	return found
}

// isChild reports whether pid is a child of parent by now.
func isChild(pid, parent int) bool {
	p, err := proc.Stat(pid)
	return err == nil && p.PPID == parent
}

// ownChildren returns all children of this process, adopted orphans included,
// whatever /proc says of their state, and whether it tells at all. A process that
// entered the container from outside (docker exec) has its parent there and is
// none.
func ownChildren() (pids []int, known bool) {
	if proc.Check() != nil {
		return nil, false
	}
	pids, err := proc.ChildPIDs(os.Getpid())
	return pids, err == nil
}

// childProcesses returns everything that descends from this process: the
// child's processes, wherever they were reparented to. Another PID namespace's
// /proc knows only strangers by these numbers.
func childProcesses() []int {
	return own(func(proc.Process) bool { return true })
}

// groupOf returns those of childProcesses that are in a process group.
func groupOf(pgid int) []int {
	return own(func(p proc.Process) bool { return p.PGID == pgid })
}

func own(such func(proc.Process) bool) (pids []int) {
	if proc.Check() != nil {
		return nil
	}
	all, _ := proc.All()
	for _, p := range proc.Descendants(all, os.Getpid()) {
		if such(p) {
			pids = append(pids, p.PID)
		}
	}
	return pids
}

// programName is what the log calls the program that a stop is meant for: its
// name in the table of programs, or else what the kernel calls it.
func programName(root signals.Process, t signals.Target) string {
	if t.Program.Name != "" {
		return t.Program.Name
	}
	for p := root; ; p = p.Children[0] {
		if p.PID == t.PID || len(p.Children) != 1 {
			return p.Comm
		}
	}
}
