package signals

import (
	"slices"
	"syscall"
)

// Stop is who is told what, in which order. Nobody is in it twice.
type Stop struct {
	// First would go on with their next command when the one they wait for has
	// ended, and so are told before it: outermost first, at once. They end, and
	// what they leave behind is drainit's.
	First []Target

	// Readers are those of First that read what comes from one of Programs, through
	// others or not: somebody has to read on in their place, or it ends by SIGPIPE.
	Readers []Reader

	// Programs are what the stop is about: each gets its signal when those in its
	// After have gone, and the time until the deadline. The first one, which waits for
	// nobody, is what the log calls the program. Never empty.
	Programs []Target

	// Wrappers are around the first of Programs, outermost first. They end by
	// themselves once it has gone; after a moment they are told too.
	Wrappers []int

	// Held are those of First that were only suspended (SIGSTOP), innermost first: they
	// get their signal when all of Programs have gone.
	Held []Target

	// Last is left alone until all of Programs have gone: drainit's child where
	// others serve: tail -f beside a daemon. PID 0: there is none.
	Last Target
}

// OfGroup is the stop of a process group: all of it gets what is graceful for the
// program. Who would go on is told before all the same, as many a shell ignores SIGQUIT;
// who is only to be suspended is not.
func (s Stop) OfGroup(leader int) Stop {
	program := s.Program()
	program.PID, program.Parent = -leader, 0
	first := keep(s.First, func(t *Target) bool { return t.Signal != syscall.SIGSTOP })
	return Stop{First: first, Readers: s.Readers, Programs: []Target{program}}
}

// Reader is somebody in whose place somebody else has to read on.
type Reader struct {
	PID     int
	IsShell bool  // what it reads are lines; else it may be anything
	With    []int // those below it that read the same: their end is waited for
}

// Program is what the stop is about.
func (s Stop) Program() Target { return s.Programs[0] }

// Resolve decides who is told what, for what descends from drainit by now. request
// is the signal that was the stop request.
//
// A stop signal that was given goes to the child itself, whatever that is. For none
// it is who a signal of an action goes to. For auto:
//
//  1. What only wraps a program is looked through: see lookThrough. A drainit among
//     that is left to stop the program.
//  2. What handles its signal is told and nothing below it: that is its author's own
//     way to stop. So is what ignores it, and what nothing is below.
//  3. What its signal would end while it runs others, as a shell that has more to do,
//     gets it first: it must not go on. Those it leaves behind are told as well, each
//     by these rules, and what drainit had adopted before. It is suspended instead, and
//     gets its signal when they have gone, where its end would do them harm, as that of
//     the leader of a terminal, or it would pass the signal on, as make does.
//  4. Of those, who serves is the program: first who can be reached from outside, then,
//     when that has gone, who serves inside the container only. The others are left
//     alone until then. Where nobody serves, all are the program, but for who reads
//     what another writes: the end of that is theirs.
//
// Each gets what is graceful for it: see graceful.
func (s StopSignal) Resolve(t Tree, request Signal) Stop {
	if s.steps != nil {
		return Stop{Programs: []Target{s.fixed(&t.Root)}}
	}
	stop := resolve(t, request)
	if s.none {
		return stop.withoutSignals()
	}
	return stop
}

// fixed is a signal or schedule that was given: root's, whatever that is.
func (s StopSignal) fixed(root *Process) Target {
	sigs := s.Signals()
	t := targetOf(root, 0)
	t.Signal, t.Next, t.Why, t.Response = sigs[0], sigs[1:], "set by --stop-signal", root.response(sigs[0])
	return t
}

// withoutSignals is who a signal of an action goes to.
func (s Stop) withoutSignals() Stop {
	program := s.Program()
	program.Signal, program.Next, program.Why, program.Response = 0, nil, "set by --stop-signal", ResponseUnknown
	return Stop{Programs: []Target{program}, Wrappers: s.Wrappers}
}

func resolve(t Tree, request Signal) Stop {
	c := newCollection(t, request)
	if t.Root.PID == 0 {
		c.addAll(t.Adopted, 0)
		if len(c.first)+len(c.units) == 0 {
			return Stop{Programs: []Target{{}}}
		}
		return c.stop()
	}
	p, around := lookThrough(&t.Root)
	parent := 0
	if n := len(around.pids); n > 0 {
		parent = around.pids[n-1]
	}
	c.add(&t.Root, 0)
	orphans := len(c.first) > 0
	if orphans || p.leavesToOthers(request) {
		c.addAll(t.Adopted, 0)
	}
	if !orphans && !c.serve() {
		c.first, c.units = nil, c.units[:1]
	}
	stop := c.stop()
	if program := stop.Program(); !orphans && program.Parent == parent {
		stop.Wrappers = around.pids
	}
	if !orphans && !hasPID(stop.Programs, c.units[0].PID) {
		stop.Last = c.units[0].Target
	}
	return stop
}

// keep returns those of the targets for which ok.
func keep(targets []Target, ok func(*Target) bool) (kept []Target) {
	for i := range targets {
		if ok(&targets[i]) {
			kept = append(kept, targets[i])
		}
	}
	return kept
}

// hasPID reports whether one of the targets is that process.
func hasPID(targets []Target, pid int) bool {
	for i := range targets {
		if targets[i].PID == pid {
			return true
		}
	}
	return false
}

// leavesToOthers reports whether p is nothing of its own: not known, no server and
// without a handler for its signal.
func (p *Process) leavesToOthers(request Signal) bool {
	t := targetOf(p, 0)
	return t.Program.Name == "" && p.Serves == ServesNobody && p.endedBy(t.graceful(p, request).Signal)
}

// collection is what Resolve gathers on its way down.
type collection struct {
	request Signal
	serving map[int]bool
	reads   map[int][]int
	first   []Target
	held    []Target
	readers []Reader
	units   []unit
}

func newCollection(t Tree, request Signal) collection {
	c := collection{request: request, serving: map[int]bool{}, reads: map[int][]int{}}
	t.any(func(p *Process) bool {
		c.reads[p.PID] = p.Reads
		c.serving[p.PID] = p.Serves != ServesNobody && !p.IsShell()
		return false
	})
	return c
}

// unit is a process that is told by itself.
type unit struct {
	Target
	reads []int
}

func (c *collection) addAll(list []Process, parent int) {
	for i := range list {
		c.add(&list[i], parent)
	}
}

func (c *collection) add(outer *Process, parent int) {
	p, around := lookThrough(outer)
	for _, pid := range around.pids {
		parent = pid
	}
	t := targetOf(p, parent)
	if around.relay != nil {
		t.PID, t.Began = around.relay.PID, around.relay.Began
		if around.relay.IsDrainit() {
			c.units = append(c.units, unit{t.throughDrainit(c.request), p.Reads})
			return
		}
	}
	t = t.graceful(p, c.request)
	t.PassesOn = t.Response == Handles && p.tellsChildren()
	if around.relay != nil || !p.goesOn(t) {
		t.Serves = p.serves()
		c.units = append(c.units, unit{t, p.Reads})
		return
	}
	if c.readsServer(p) {
		c.readers = append(c.readers, Reader{p.PID, p.IsShell(), readTheSame(p.Children, p.Reads)})
	}
	t.Around = around.pids
	c.addFirst(t, p.LeadsTerminal || around.holds || p.kind() == kindLister)
	c.addAll(p.Children, p.PID)
}

// serves is whom p serves, or who is below it and is left to it.
func (p *Process) serves() Service {
	s := p.Serves
	for _, q := range p.Children {
		s = max(s, q.serves())
	}
	return s
}

// addFirst adds what would go on with its next command, and is suspended where it is
// held. SIGINT a shell answers only when its command has ended.
func (c *collection) addFirst(t Target, held bool) {
	if t.Signal == syscall.SIGINT {
		t.Signal = syscall.SIGTERM
	}
	t.Why, t.Next = "it would go on with its next command", nil
	if held {
		c.held = append([]Target{t}, c.held...)
		t.Signal = syscall.SIGSTOP
	}
	c.first = append(c.first, t)
}

// readsServer reports whether p reads what somebody writes who serves.
func (c *collection) readsServer(p *Process) bool {
	for pid := range c.serving {
		if c.serving[pid] && c.readsFrom(p.PID, pid) {
			return true
		}
	}
	return false
}

// readsFrom reports whether one reads what another writes, or what somebody else makes
// of that.
func (c *collection) readsFrom(reader, writer int) bool {
	seen := map[int]bool{reader: true}
	for next := []int{reader}; len(next) > 0; next = next[1:] {
		for _, pid := range c.reads[next[0]] {
			if pid == writer {
				return true
			}
			if !seen[pid] {
				seen[pid] = true
				next = append(next, pid)
			}
		}
	}
	return false
}

// readTheSame are those of the processes, and of those below them, that read what one
// of the writers writes: the command that a loop runs has its input.
func readTheSame(list []Process, writers []int) (pids []int) {
	for i := range list {
		p := &list[i]
		if slices.ContainsFunc(p.Reads, func(pid int) bool { return slices.Contains(writers, pid) }) {
			pids = append(pids, p.PID)
		}
		pids = append(pids, readTheSame(p.Children, writers)...)
	}
	return pids
}

// goesOn reports whether p runs others, would be ended by its signal, and would else
// go on when they have ended. A shell whose SIGINT is the request catches that in any
// case, to see whether its command died of it, so that its script has to say whether
// it has a trap.
func (p *Process) goesOn(t Target) bool {
	switch k := p.kind(); {
	case k == kindInit || k == kindRelay || k == kindRunner:
		return false
	case k == kindLister:
		return len(p.Children) > 0
	case p.IsShell(): // with nothing below it is between two commands, or runs one of its own
	case len(p.Children) == 0 || p.Serves != ServesNobody || t.Program.Name != "":
		return false
	}
	if p.IsShell() {
		return p.endsBySIGTERM() && (t.Signal == syscall.SIGTERM || t.Signal == syscall.SIGINT && !hasTrap(p.script()))
	}
	return p.endedBy(t.Signal)
}

// serve reports whether anybody among the units does.
func (c *collection) serve() bool {
	return slices.ContainsFunc(c.units, func(u unit) bool { return u.Serves != ServesNobody })
}

// stop puts the units into their order.
func (c *collection) stop() Stop {
	stop := Stop{First: c.first, Held: c.held, Readers: c.readers}
	var outside []int
	for _, u := range c.units {
		if u.Serves == ServesOutside {
			stop.Programs = append(stop.Programs, u.Target)
			outside = append(outside, u.PID)
		}
	}
	for _, u := range c.units {
		switch {
		case u.Serves == ServesInside:
			u.After = outside
			stop.Programs = append(stop.Programs, u.Target)
		case u.Serves == ServesNobody && u.Program.Name != "" && c.serve():
			stop.Programs = append(stop.Programs, u.Target) // a worker that is known
		}
	}
	c.order(stop.Programs)
	if stop.Programs == nil {
		stop.Programs = c.workers()
	}
	if n := len(stop.First) - 1; len(stop.Programs) == 0 { // nothing that matters is below the innermost
		last := stop.First[n]
		last.Signal, last.Why = syscall.SIGTERM, ByDefault
		stop.Programs, stop.First = []Target{last}, stop.First[:n]
		stop.Held = keep(stop.Held, func(t *Target) bool { return t.PID != last.PID })
	}
	return stop
}

// order has who reads what another one writes wait for that one, and not the other
// way round. Who would wait for each other wait for nobody.
func (c *collection) order(programs []Target) {
	for i := range programs {
		t := &programs[i]
		t.After = slices.DeleteFunc(slices.Clone(t.After), func(pid int) bool { return c.readsFrom(pid, t.PID) })
		for _, other := range programs {
			if c.readsFrom(t.PID, other.PID) && !slices.Contains(t.After, other.PID) && !c.readsFrom(other.PID, t.PID) {
				t.After = append(t.After, other.PID)
			}
		}
		if len(t.After) == 0 {
			t.After = nil
		}
	}
	var done []int
	for range programs {
		for _, t := range programs {
			if !slices.Contains(done, t.PID) && !slices.ContainsFunc(t.After, func(pid int) bool { return !slices.Contains(done, pid) }) {
				done = append(done, t.PID)
			}
		}
	}
	for i := range programs {
		if !slices.Contains(done, programs[i].PID) {
			programs[i].After = nil
		}
	}
	first := keep(programs, func(t *Target) bool { return len(t.After) == 0 })
	copy(programs, append(first, keep(programs, func(t *Target) bool { return len(t.After) > 0 })...))
}

// Leftovers decides who of those that the child has left behind is told to end, in
// order, each with what is graceful for it, and who is not yet: who reads what another
// one may still write.
func Leftovers(t Tree) (now, readers []Target) {
	c := newCollection(t, syscall.SIGTERM)
	c.addAll(t.Adopted, 0)
	now = append(slices.Clone(c.first), c.writers()...)
	for _, u := range c.units {
		if !hasPID(now, u.PID) {
			readers = append(readers, u.Target)
		}
	}
	return now, readers
}

// writers are the units that read what no other writes, or all if there is none.
func (c *collection) writers() (writers []Target) {
	var all []Target
	for _, u := range c.units {
		all = append(all, u.Target)
		if !slices.ContainsFunc(u.reads, func(pid int) bool { return pid != u.PID }) {
			writers = append(writers, u.Target)
		}
	}
	if writers == nil {
		return all
	}
	return writers
}

// workers are those of the writers that do something with their signal: for what ignores
// it nobody waits. Where none does it is who would go on that is the program, or, if
// nobody would, all are.
func (c *collection) workers() []Target {
	all := c.writers()
	some := keep(all, func(t *Target) bool { return t.Response != Ignores })
	if len(some) == 0 && len(c.first) == 0 {
		return all
	}
	return some
}
