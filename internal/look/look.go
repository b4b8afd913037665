// Package look is what can be seen of the processes below this one: who runs, what each
// does with signals, who serves, and who writes to whom.
package look

import (
	"os"
	"syscall"
	"time"

	"drainit/internal/proc"
	"drainit/internal/process"
	"drainit/internal/signals"
)

const (
	// lookDepth bounds how far wrappers are looked through.
	lookDepth = 16

	// Patience bounds how long a look waits for command lines: a signal
	// must not wait for a process that hangs in the kernel.
	Patience = 250 * time.Millisecond

	// StopPatience is for the look before the stop signal, which is sent once
	// and should be the right one.
	StopPatience = time.Second

	// ChildrenLooked bounds how many children of one process are looked at.
	ChildrenLooked = 64

	// processesLooked bounds how many are looked at below one. Time does not: a
	// drainit that others keep from the processor would leave out those that count.
	processesLooked = 512

	// scriptLimit bounds how much of a script is read.
	scriptLimit = 64 << 10
)

// Looker looks at processes, for the loop and for probes alike.
type Looker struct {
	lines *commandLines
	front int
	own   *process.Own
}

// New returns a looker that leaves out what is none of the program's: the front's
// process (0: none) and those that are drainit's own.
func New(front int, own *process.Own) Looker {
	return Looker{newCommandLines(), front, own}
}

// Tree returns what descends from drainit, as far as it matters for who is told
// what: the child and, where that gathers others, those and what drainit has
// adopted. child is 0 when it has gone. Where /proc does not tell (not mounted,
// another PID namespace's) it is the child's bare PID. Command lines that cannot be
// read within patience are what they were last.
func (l Looker) Tree(child int, patience time.Duration) signals.Tree {
	w := l.walk(patience)
	t := signals.Tree{Root: l.At(child, patience)}
	if t.Root.MasksUnknown || child != 0 && !t.Root.Gathers() || proc.Check() != nil {
		return t
	}
	adopted, _ := proc.Adopted(os.Getpid(), ChildrenLooked)
	for _, pid := range l.own.Without(adopted) {
		if pid != child && pid != l.front && proc.Alive(pid) {
			t.Adopted = append(t.Adopted, w.look(pid, lookDepth))
		}
	}
	if len(t.Root.Children)+len(t.Adopted) > 0 {
		whoServes(&t)
	}
	return t
}

// At returns what a process is running by now, and what it gathers.
func (l Looker) At(pid int, patience time.Duration) signals.Process {
	if pid == 0 {
		return signals.Process{}
	}
	if proc.Check() != nil {
		return signals.Process{PID: pid, MasksUnknown: true}
	}
	return l.walk(patience).look(pid, lookDepth)
}

// A walk looks at a process and at those below it.
type walk struct {
	Looker
	until time.Time // when command lines are waited for no longer
	left  int       // how many it may still look at
}

func (l Looker) walk(patience time.Duration) *walk {
	return &walk{l, time.Now().Add(patience), processesLooked}
}

func (w *walk) look(pid, depth int) signals.Process {
	w.left--
	p := signals.Process{PID: pid}
	if stat, err := proc.Stat(pid); err == nil {
		p.Comm, p.Began = stat.Comm, stat.Began
		p.LeadsTerminal = stat.Session == pid && stat.Terminal != 0
	}
	p.Argv = w.lines.of(pid, p.Comm, w.until)
	st, err := proc.ReadStatus(pid)
	p.MasksUnknown = err != nil || !st.HasSignals
	if !p.MasksUnknown {
		p.Blocked, p.Ignored, p.Caught = signals.Mask(st.Blocked), signals.Mask(st.Ignored), signals.Mask(st.Caught)
	}
	if p.ScriptFile() != "" {
		p.Script = proc.ReadScript(pid, scriptLimit)
	}
	if !p.Gathers() || depth == 0 {
		return p // whose children are its own: there can be thousands
	}
	children, _ := proc.SomeChildren(pid, ChildrenLooked)
	for _, c := range children {
		if w.left > 0 && proc.Alive(c) {
			p.Children = append(p.Children, w.look(c, depth-1))
		}
	}
	return p
}

// Glance is what a process runs where that takes one short read: its command line is
// known from before, and those below it do not matter.
func (l Looker) Glance(pid int) (p signals.Process, ok bool) {
	if proc.Check() != nil {
		return p, false
	}
	st, err := proc.ReadStatus(pid)
	if err != nil || !st.HasSignals {
		return p, false
	}
	p = signals.Process{PID: pid, Comm: st.Name}
	p.Blocked, p.Ignored, p.Caught = signals.Mask(st.Blocked), signals.Mask(st.Ignored), signals.Mask(st.Caught)
	p.Argv, ok = l.lines.known(pid, p.Comm)
	return p, ok && !p.Gathers()
}

// Handles reports whether a process catches a signal: then it is meant for that one,
// and nothing else has to be looked at.
func Handles(pid int, sig syscall.Signal) bool {
	if proc.Check() != nil {
		return false
	}
	st, err := proc.ReadStatus(pid)
	return err == nil && signals.Mask(st.Caught).Has(sig)
}

// IsChild reports whether pid is a child of parent by now.
func IsChild(pid, parent int) bool {
	p, err := proc.Stat(pid)
	return err == nil && p.PPID == parent
}

// IsStill reports whether pid is the process that began then, whoever has adopted it since.
func IsStill(pid int, began uint64) bool {
	p, err := proc.Stat(pid)
	return err == nil && p.Began == began
}

// Suspended waits until a process that got SIGSTOP is stopped, at most as long as
// patience, and reports whether it is. Until then wait(2) in it may still return: SIGSTOP
// wakes it up, and a child that ends before it has run again is one that it found.
func Suspended(pid int, patience time.Duration) bool {
	for begun, pause := time.Now(), 50*time.Microsecond; ; pause *= 2 {
		p, err := proc.Stat(pid)
		switch {
		case err != nil || p.State == 'Z' || p.State == 'X':
			return false
		case p.State == 'T' || p.State == 't':
			return true
		case time.Since(begun) >= patience:
			return false
		}
		time.Sleep(pause)
	}
}

// OwnChildren returns all children of this process, adopted orphans included,
// whatever /proc says of their state, and whether it tells at all. A process that
// entered the container from outside (docker exec) has its parent there and is
// none.
func OwnChildren() (pids []int, known bool) {
	if proc.Check() != nil {
		return nil, false
	}
	pids, err := proc.ChildPIDs(os.Getpid())
	return pids, err == nil
}

// Group returns what descends from this process and is in a process group, wherever it
// was reparented to. Another PID namespace's /proc knows only strangers by these numbers.
func Group(pgid int) (pids []int) {
	if proc.Check() != nil {
		return nil
	}
	all, _ := proc.All()
	for _, p := range proc.Descendants(all, os.Getpid()) {
		if p.PGID == pgid {
			pids = append(pids, p.PID)
		}
	}
	return pids
}
