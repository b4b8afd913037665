package signals

import (
	"slices"
	"syscall"
	"testing"
)

// fuzzTree makes a tree of up to so many processes of what the bytes say: who is
// below whom, what each is, and what it does with signals.
func fuzzTree(b []byte, most int) (t Tree, all map[int]Process, parents map[int]int) {
	all, parents = map[int]Process{}, map[int]int{}
	pid := 0
	next := func() byte {
		if len(b) == 0 {
			return 0
		}
		c := b[0]
		b = b[1:]
		return c
	}
	var grow func(parent, depth int) Process
	grow = func(parent, depth int) Process {
		pid++
		p := fuzzProcess(pid, next(), next())
		parents[p.PID] = parent
		for n := int(next() % 4); n > 0 && depth < 4 && pid < most; n-- {
			p.Children = append(p.Children, grow(p.PID, depth+1))
		}
		if c := next(); c%4 == 0 && pid > 1 {
			p.Reads = append(p.Reads, 1+int(c/4)%pid)
		}
		all[p.PID] = p
		return p
	}
	if next()%8 > 0 {
		t.Root = grow(0, 0)
	}
	for n := int(next() % 3); n > 0 && pid < most; n-- {
		t.Adopted = append(t.Adopted, grow(0, 0))
	}
	return t, all, parents
}

// fuzzProcess is one of what people put into containers.
func fuzzProcess(pid int, what, how byte) Process {
	commands := []string{"sh -c 'a; b'", "bash -c 'trap x TERM INT; a'", "sh -c 'a; exit 3'", "nginx", "server", "job", "tail -f log", "cat",
		"su -c a", "timeout 9 a", "tini -- a", "drainit a", "'npm start'", "make", "mksh -c 'a; b'", "java -jar a.jar"}
	p := Process{PID: pid, Argv: words(commands[what%16])}
	p.Comm = p.Argv[0]
	p.Serves = Service(how % 3)
	p.Caught = []Mask{0, MaskOf(15), MaskOf(15, 3), MaskOf(2), 0xfffffffd7fc1feff}[how/3%5]
	p.LeadsTerminal = what/16%8 == 7
	switch {
	case how/15%8 == 7:
		p.Ignored = MaskOf(15)
	case how/15%16 == 6:
		p.MasksUnknown = true
	}
	return p
}

// FuzzResolve: nobody is told twice, nobody goes on with a next command, and whoever
// serves is told unless somebody with a way of its own to stop answers for it.
func FuzzResolve(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1, 3, 5}, byte(15))
	f.Add([]byte{1, 0, 0, 3, 4, 1, 0, 3, 2, 0, 7, 0, 0, 8, 2, 3, 5}, byte(15))
	f.Add([]byte{1, 6, 0, 0, 1, 1, 3, 5}, byte(2))
	f.Fuzz(func(t *testing.T, b []byte, number byte) {
		tree, all, parents := fuzzTree(b, 12)
		request := []Signal{15, 2, 3, 28}[number%4]
		stop := StopSignal{}.Resolve(tree, request)
		if len(all) == 0 {
			return
		}
		c := fuzzChecker{t, stop, all, parents, map[int]bool{}}
		for _, target := range slices.Concat(stop.First, stop.Programs) {
			c.told(target)
		}
		if stop.Last.PID != 0 {
			c.told(stop.Last)
		}
		for i, target := range stop.First {
			for _, later := range stop.First[i+1:] {
				if c.below(target.PID, later.PID) {
					t.Errorf("%d is told before %d, which is around it", target.PID, later.PID)
				}
			}
		}
		for _, target := range stop.Programs {
			c.nobodyGoesOn(target.PID)
			for _, pid := range target.After {
				if !slices.ContainsFunc(stop.Programs, func(p Target) bool { return p.PID == pid && !slices.Contains(p.After, target.PID) }) {
					t.Errorf("%d waits for %d, which is not told before", target.PID, pid)
				}
			}
		}
		if len(stop.Program().After) > 0 {
			t.Errorf("the program waits for %v", stop.Program().After)
		}
		c.everybodysTurnComes()
		c.serversAreTold()
		now, readers := Leftovers(tree)
		for i, target := range append(now, readers...) {
			if slices.ContainsFunc(append(now, readers...)[:i], func(p Target) bool { return p.PID == target.PID }) {
				t.Errorf("leftover %d is told twice", target.PID)
			}
		}
		if len(Forward(tree, request)) == 0 && tree.Root.PID != 0 {
			t.Error("a signal is passed on to nobody")
		}
	})
}

type fuzzChecker struct {
	*testing.T
	stop    Stop
	all     map[int]Process
	parents map[int]int
	seen    map[int]bool
}

func (c fuzzChecker) told(target Target) {
	if c.seen[target.PID] {
		c.Errorf("%d is told twice", target.PID)
	}
	c.seen[target.PID] = true
	_, known := c.all[target.PID]
	suspended := target.Signal == syscall.SIGSTOP && slices.ContainsFunc(c.stop.Held, func(t Target) bool { return t.PID == target.PID })
	if !known || target.Why == "" || sendable(target.Signal) != nil && !suspended {
		c.Errorf("%+v is told", target)
	}
}

// everybodysTurnComes checks that no programs wait for each other.
func (c fuzzChecker) everybodysTurnComes() {
	left := slices.Clone(c.stop.Programs)
	for range c.stop.Programs {
		waiting := slices.Clone(left)
		left = slices.DeleteFunc(left, func(p Target) bool {
			return !slices.ContainsFunc(p.After, func(pid int) bool {
				return slices.ContainsFunc(waiting, func(q Target) bool { return q.PID == pid })
			})
		})
	}
	if len(left) > 0 {
		c.Errorf("wait for each other: %+v", left)
	}
}

// below reports whether pid is below another.
func (c fuzzChecker) below(pid, above int) bool {
	for p := c.parents[pid]; p != 0; p = c.parents[p] {
		if p == above {
			return true
		}
	}
	return false
}

// nobodyGoesOn checks all around a program that is told: each would go on, or does
// not end with it, only if it has said so.
func (c fuzzChecker) nobodyGoesOn(pid int) {
	for above := c.parents[pid]; above != 0; above = c.parents[above] {
		p := c.all[above]
		if p.kind() == kindShell && p.endsBySIGTERM() && !c.seen[above] {
			c.Errorf("shell %d is not told, and %d inside of it is", above, pid)
		}
	}
}

// serversAreTold checks that whoever serves is told if everybody around it is, before
// it and only so as not to go on.
func (c fuzzChecker) serversAreTold() {
	for pid, p := range c.all {
		before := c.parents[pid] != 0
		for above := c.parents[pid]; above != 0; above = c.parents[above] {
			before = before && slices.ContainsFunc(c.stop.First, func(t Target) bool { return t.PID == above })
		}
		if before && p.kind() == kindProgram && p.Serves != ServesNobody && !c.seen[pid] {
			c.Errorf("%d serves and is not told, although all around it is", pid)
		}
	}
}
