package look

import (
	"drainit/internal/conns"
	"drainit/internal/proc"
	"drainit/internal/signals"
)

// whoServes fills in whom each process of a tree serves, and who reads what
// another one writes. Of what gathers others only its own sockets count.
func whoServes(t *signals.Tree) {
	w := services{writers: map[uint64][]int{}, at: map[uint64]signals.Service{}, hidden: map[uint32]signals.Service{}}
	w.listeners()
	Each(t, w.serves)
	Each(t, w.reads)
}

// Each calls f for every process of the tree, outermost first.
func Each(t *signals.Tree, f func(*signals.Process)) {
	var down func(*signals.Process)
	down = func(p *signals.Process) {
		f(p)
		for i := range p.Children {
			down(&p.Children[i])
		}
	}
	if t.Root.PID != 0 {
		down(&t.Root)
	}
	for i := range t.Adopted {
		down(&t.Adopted[i])
	}
}

// services is what sockets and pipes say of a tree.
type services struct {
	at      map[uint64]signals.Service // by the inode of a listening socket
	hidden  map[uint32]signals.Service // by who made one, for files that may not be read
	writers map[uint64][]int           // by the inode of a pipe
	pipes   []pipes
}

// pipes are those that a process reads from.
type pipes struct {
	pid    int
	inodes map[uint64]bool
}

func (w *services) listeners() {
	tcp, _ := conns.Listeners()
	for _, l := range tcp {
		service := signals.ServesOutside
		if l.Addr.Addr().IsLoopback() {
			service = signals.ServesInside
		}
		w.at[l.Inode] = service
		w.hidden[l.UID] = max(w.hidden[l.UID], service)
	}
	unix, _ := conns.UnixListeners()
	for inode := range unix {
		w.at[inode] = signals.ServesInside
	}
	delete(w.at, 0)
}

// belowLooked bounds how many processes below one are looked at for a server.
const belowLooked = 64

// serves reads what a process has open, and where it answers for those below it,
// what they have.
func (w *services) serves(p *signals.Process) {
	d, err := proc.ReadDescriptors(p.PID)
	p.Serves = w.of(p.PID, d, err)
	reads := d.Reads
	if !p.IsShell() && (!p.Gathers() || p.Serves != signals.ServesNobody) {
		reads = map[uint64]bool{d.Stdin: d.Stdin != 0}
	}
	w.pipes = append(w.pipes, pipes{p.PID, reads})
	for inode := range d.Writes {
		w.writers[inode] = append(w.writers[inode], p.PID)
	}
	if p.Gathers() {
		return
	}
	below, _ := proc.SomeChildren(p.PID, belowLooked)
	for i := 0; i < len(below) && i < belowLooked && p.Serves < signals.ServesOutside; i++ {
		d, err := proc.ReadDescriptors(below[i])
		p.Serves = max(p.Serves, w.of(below[i], d, err))
		more, _ := proc.SomeChildren(below[i], belowLooked)
		below = append(below, more...)
	}
}

// of is whom a process serves with what it has open. Where that may not be read, its
// user stands in for it.
func (w *services) of(pid int, d proc.Descriptors, err error) (s signals.Service) {
	for inode := range d.Sockets {
		s = max(s, w.at[inode])
	}
	if err == nil {
		return s
	}
	if st, err := proc.ReadStatus(pid); err == nil && st.UID >= 0 {
		s = max(s, w.hidden[uint32(st.UID)])
	}
	return s
}

// reads says whose output a process reads: a pipe of which nobody of the tree but
// itself has the other end is none.
func (w *services) reads(p *signals.Process) {
	for _, one := range w.pipes {
		if one.pid != p.PID {
			continue
		}
		for inode, reads := range one.inodes {
			for _, writer := range w.writers[inode] {
				if reads && writer != p.PID {
					p.Reads = append(p.Reads, writer)
				}
			}
		}
	}
}
