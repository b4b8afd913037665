package supervisor

import (
	"slices"
	"syscall"
	"time"

	"drainit/internal/look"
	"drainit/internal/signals"
)

// told is who was told what in a stop, and who is still to be. It belongs to the
// loop. PIDs are forgotten when they are reaped.
type told struct {
	all      map[int]bool             // who got a signal of their own
	members  map[int][]syscall.Signal // and what as one of a group
	programs []program                // what the stop waits for
	held     []signals.Target         // suspended, and told when those have gone
	last     signals.Target           // told when those have gone; PID 0: nobody
	passedOn bool                     // by a shell with a handler, to what it has started
	served   map[int]bool             // who served before anybody was told
	readers  map[int]time.Time        // leftovers that read what another wrote, and until when they may; zero: it still may write
}

// program is one of those that a stop is about.
type program struct {
	signals.Target
	told  bool
	apart bool // told by tellServers, or in the end
}

func newTold() told {
	return told{all: map[int]bool{}, members: map[int][]syscall.Signal{}, served: map[int]bool{}, readers: map[int]time.Time{}}
}

// sent notes that somebody was told, whether or not it could be.
func (t *told) sent(target signals.Target) {
	t.all[target.PID] = true
	for i := range t.programs {
		if t.programs[i].PID == target.PID {
			t.programs[i].told = true
		}
	}
}

// refused notes that somebody could not be told, for whom nobody waits then.
func (t *told) refused(pid int) {
	t.programs = slices.DeleteFunc(t.programs, func(p program) bool { return p.PID == pid })
}

// group notes that somebody got a signal as one of a group.
func (t *told) group(pid int, sig syscall.Signal) {
	t.members[pid] = append(t.members[pid], sig)
}

// was reports whether a target has been told: never the same signal twice, some take
// it for "now".
func (t *told) was(target signals.Target) bool {
	return t.all[target.PID] || slices.Contains(t.members[target.PID], target.Signal)
}

// holds reports whether a process, or the group that it leads, is suspended in this stop.
func (t *told) holds(pid int) bool {
	return slices.ContainsFunc(t.held, func(h signals.Target) bool { return h.PID == pid || h.PID == -pid })
}

// serving notes who serves: a server that stops closes what it listens on, and has
// then to be known as one.
func (t *told) serving(tree signals.Tree) {
	look.Each(&tree, func(p *signals.Process) {
		if p.Serves != signals.ServesNobody && !p.IsShell() {
			t.served[p.PID] = true
		}
	})
}

// servedIn reports whether a process of the tree served, or one below it.
func (t *told) servedIn(tree signals.Tree, pid int) (yes bool) {
	var in func(p signals.Process) bool
	in = func(p signals.Process) bool { return t.served[p.PID] || slices.ContainsFunc(p.Children, in) }
	look.Each(&tree, func(p *signals.Process) { yes = yes || p.PID == pid && in(*p) })
	return yes
}

// gone forgets a process, and with the child the group that it led. It reports whether it was one of the programs.
func (t *told) gone(pid int) bool {
	delete(t.all, pid)
	delete(t.members, pid)
	delete(t.served, pid)
	delete(t.readers, pid)
	n := len(t.programs)
	t.programs = slices.DeleteFunc(t.programs, func(p program) bool { return p.PID == pid || p.PID == -pid })
	return len(t.programs) < n
}

// next returns the programs whose turn it is: those before them have gone, or, where
// it is late, all.
func (t *told) next(late bool) (next []signals.Target) {
	for _, p := range t.programs {
		waits := slices.ContainsFunc(p.After, func(pid int) bool {
			return slices.ContainsFunc(t.programs, func(q program) bool { return q.PID == pid })
		})
		if !p.told && (late || !waits && !p.apart) {
			next = append(next, p.Target)
		}
	}
	return next
}
