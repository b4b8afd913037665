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

	// lookPatience bounds a look: /proc/PID/cmdline waits for the memory lock
	// of a process that may hang in the kernel, and a signal must not.
	lookPatience = 250 * time.Millisecond
)

// lookAt returns what the process is running by now, and, below it, the chain
// of only children that a wrapper can be looked through for. Where /proc does
// not tell (not mounted, another PID namespace's, no answer) it is the bare PID.
func lookAt(pid int) signals.Process {
	if proc.Check() != nil {
		return signals.Process{PID: pid, MasksUnknown: true}
	}
	found := make(chan signals.Process, 1)
	go func() { found <- look(pid, lookDepth) }()
	select {
	case p := <-found:
		return p
	case <-time.After(lookPatience):
		return signals.Process{PID: pid, MasksUnknown: true}
	}
}

func look(pid, depth int) signals.Process {
	p := signals.Process{PID: pid}
	if stat, err := proc.Stat(pid); err == nil {
		p.Comm = stat.Comm
	}
	p.Argv, _ = proc.Argv(pid)
	st, err := proc.ReadStatus(pid)
	p.MasksUnknown = err != nil || !st.HasSignals
	if !p.MasksUnknown {
		p.Blocked, p.Ignored, p.Caught = signals.Mask(st.Blocked), signals.Mask(st.Ignored), signals.Mask(st.Caught)
	}
	alive := livingChildren(pid)
	if len(alive) == 1 && depth > 0 {
		p.Children = []signals.Process{look(alive[0], depth-1)}
		return p
	}
	for _, c := range alive {
		p.Children = append(p.Children, signals.Process{PID: c})
	}
	return p
}

// livingChildren returns the children of a process that still run.
func livingChildren(pid int) []int {
	children, _ := proc.ChildPIDs(pid)
	var alive []int
	for _, c := range children {
		if proc.Alive(c) {
			alive = append(alive, c)
		}
	}
	return alive
}

// isChild reports whether pid is a child of parent by now.
func isChild(pid, parent int) bool {
	p, err := proc.Stat(pid)
	return err == nil && p.PPID == parent
}

// ownChildren returns the living children of this process, adopted orphans
// included. A process that entered the container from outside (docker exec)
// has its parent there and is none.
func ownChildren() []int {
	if proc.Check() != nil {
		return nil
	}
	return livingChildren(os.Getpid())
}

// unreapedChildren returns all children of this process, whatever /proc says of
// their state, and whether it tells at all.
func unreapedChildren() (pids []int, known bool) {
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
	if proc.Check() != nil {
		return nil
	}
	all, _ := proc.All()
	var pids []int
	for _, p := range proc.Descendants(all, os.Getpid()) {
		pids = append(pids, p.PID)
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
