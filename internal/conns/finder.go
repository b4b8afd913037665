package conns

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"sync"
)

// Finder answers whether the child listens. It is asked when somebody wants to
// know, and keeps no time. It remembers whose each listener is, so that as
// long as none comes or goes an answer costs one call of Listeners and no look
// at the child's files.
//
// It is safe for concurrent use. A look at a child with very many open files
// takes up to some tenths of a second, in which others who ask Listening wait;
// NonLoopback waits for nothing but Peers. The functions must not call the Finder.
type Finder struct {
	// Processes returns the PIDs of the child's processes, itself included,
	// and no zombies, valid until the next call. It, Inodes and UID are called
	// one at a time.
	Processes func() []int

	// Inodes returns the inodes of a process's sockets, valid until the next
	// call, fs.ErrNotExist where it has gone. By fs.ErrPermission they are
	// hidden: the child changed its user (gosu), or its program has file
	// capabilities. They are hidden, too, where all processes seem to have
	// gone. By any other error (descriptors or memory are short) nothing is
	// known.
	Inodes func(pid int) (map[uint64]bool, error)

	// UID returns the user the child runs as, where that is known. It stands
	// in for what is hidden.
	UID func() (uint32, bool)

	// Own reports whether a listener is drainit's own; where nil, none is.
	// It may be called at any time, by several at once.
	Own func(Listener) bool

	// Peers returns those of the listeners that are other drainits', which serve
	// nobody, and MayBePeer reports without asking anybody whether a listener
	// can be one; where nil, none is. Finding out costs questions, so Peers is
	// asked only of what would else count, of all at once, and has a bound of
	// its own. Both may be called at any time, by several at once.
	MayBePeer func(Listener) bool
	Peers     func([]Listener) map[Listener]bool

	// list is Listeners, but for tests.
	list func() ([]Listener, error)

	mu    sync.Mutex
	child map[Listener]bool // by identity, whether it is the child's
	kept  found
}

// found is what an answer is made in, kept for the next one.
type found struct {
	lister  lister
	others  []Listener // that are not drainit's
	childs  []Listener // of those, the child's
	ports   []uint16
	sockets map[uint64]bool // of a look
	said    saying
}

// saying is the words of an answer, kept for the next one, which is often the same.
type saying struct {
	words string // with %s for the ports
	ports []uint16
	text  string
}

func (s *saying) say(words string, ports []uint16) string {
	if s.words != words || !slices.Equal(s.ports, ports) {
		s.words, s.ports, s.text = words, slices.Clone(ports), fmt.Sprintf(words, commas(ports))
	}
	return s.text
}

// Listening reports whether the child serves, and says why in words for a
// probe's answer or a log line. UDP is not looked at.
//
// With ports, each must be listened on, on whatever address, by anybody in the
// network namespace but drainit: who says the ports has said whose they are.
// Without, some process of the child must listen on some TCP port. Sockets
// belong to a process by their inode. Where no listener is known as the
// child's so, and files of a process could not be read, those of the child's
// user are taken as the child's; where there is none of those either, it is
// unknown, hence false, and the words say to give the ports.
func (f *Finder) Listening(ports []uint16) (ok bool, detail string) {
	return f.ListeningAt(ports, nil)
}

// A Place is where the child is expected: at one of some addresses of a port, which
// together have a name.
type Place struct {
	Name  string
	Addrs []netip.AddrPort
}

// ListeningAt is Listening, and with ports it takes places besides: whether a
// connection to each is one to somebody but drainit. A server on localhost may be
// one on ::1 alone.
func (f *Finder) ListeningAt(ports []uint16, places []Place) (ok bool, detail string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list, err := f.relist()
	if err != nil {
		return false, fmt.Sprintf("listening sockets cannot be read (%v): set --ready-check", err)
	}
	if len(ports) == 0 {
		return f.childListens(list)
	}
	if ok, detail = f.allListen(list, ports); !ok {
		return false, detail
	}
	for _, to := range places {
		if slices.ContainsFunc(list, to.isTakenBy) {
			continue
		}
		for _, l := range list {
			if l.Addr.Port() == to.Addrs[0].Port() {
				return false, fmt.Sprintf("%s is not listened on, only %s is", to.Name, l.Addr)
			}
		}
		return false, to.Name + " is not listened on"
	}
	return true, detail
}

// isTakenBy reports whether a connection to the place may be one to the listener.
func (p Place) isTakenBy(l Listener) bool { return slices.ContainsFunc(p.Addrs, l.takes) }

// takes reports whether a connection to the address may be one to the listener.
func (l Listener) takes(to netip.AddrPort) bool {
	at, ip := l.Addr.Addr(), to.Addr().Unmap()
	return l.Addr.Port() == to.Port() && (at == ip || at.IsUnspecified() && (at.Is6() || ip.Is4()))
}

// Ports returns the TCP ports the child listens on by now, and whether that is
// known: none at all is an answer too. Where it is not, detail says why in
// words. It looks at the child's files each time.
func (f *Finder) Ports() (list []uint16, known bool, detail string) {
	listeners, err := f.listOnce()
	if err != nil {
		return nil, false, fmt.Sprintf("listening sockets cannot be read (%v)", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	childs, sure := f.look(listeners)
	if len(childs) == 0 && !sure {
		return nil, false, "which ports the child listens on cannot be read from its open files"
	}
	return ports(childs), true, ""
}

// NonLoopback reports whether anything in this network namespace except this
// drainit and others listens on an address that is not loopback, and whether
// the kernel says. UDP is not looked at.
func (f *Finder) NonLoopback() (listens, known bool) {
	list, err := f.listOnce()
	if err != nil {
		return false, false
	}
	outside := filter(list, func(l Listener) bool { return !l.Addr.Addr().IsLoopback() })
	for _, l := range outside {
		if !f.mayBePeer(l) {
			return true, true
		}
	}
	return len(f.withoutPeers(outside)) > 0, true
}

// listOnce returns the listeners that are not drainit's.
func (f *Finder) listOnce() ([]Listener, error) {
	listeners := f.list
	if listeners == nil {
		listeners = Listeners
	}
	list, err := listeners()
	return f.appendOthers(nil, list), err
}

// relist is listOnce in memory that is kept: the list is valid until the next call.
// f.mu is held.
func (f *Finder) relist() ([]Listener, error) {
	listeners := f.list
	if listeners == nil {
		listeners = f.kept.lister.listeners
	}
	list, err := listeners()
	f.kept.others = f.appendOthers(f.kept.others[:0], list)
	return f.kept.others, err
}

// appendOthers appends those of list that are not drainit's.
func (f *Finder) appendOthers(to, list []Listener) []Listener {
	for _, l := range list {
		if f.Own == nil || !f.Own(l) {
			to = append(to, l)
		}
	}
	return to
}

func (f *Finder) mayBePeer(l Listener) bool { return f.MayBePeer != nil && f.MayBePeer(l) }

// withoutPeers returns those that are not known to be other drainits'.
func (f *Finder) withoutPeers(list []Listener) []Listener {
	ask := filter(list, f.mayBePeer)
	if len(ask) == 0 {
		return list
	}
	peers := f.Peers(ask)
	return filter(list, func(l Listener) bool { return !peers[l] })
}

// allListen reports whether all ports are listened on. f.mu is held.
func (f *Finder) allListen(list []Listener, want []uint16) (bool, string) {
	f.kept.ports = f.kept.ports[:0] // that are missing
	for _, p := range want {
		if !slices.ContainsFunc(list, func(l Listener) bool { return l.Addr.Port() == p }) {
			f.kept.ports = append(f.kept.ports, p)
		}
	}
	switch len(f.kept.ports) {
	case 0:
		return true, f.kept.said.say("listening on %s", want)
	case 1:
		return false, f.kept.said.say("port %s is not listened on", f.kept.ports)
	default:
		return false, f.kept.said.say("ports %s are not listened on", f.kept.ports)
	}
}

// childListens reports whether the child listens on any. f.mu is held.
func (f *Finder) childListens(list []Listener) (bool, string) {
	childs, sure := f.recall(list)
	if !sure {
		// The processes are looked at after the sockets, so that whoever
		// opened one of them is found unless it has ended.
		childs, sure = f.look(list)
	}
	switch {
	case len(childs) > 0:
		f.kept.ports = appendPorts(f.kept.ports[:0], childs)
		return true, f.kept.said.say("listening on %s", f.kept.ports)
	case sure:
		return false, "the child listens on no TCP port"
	default:
		f.kept.ports = appendPorts(f.kept.ports[:0], list)
		const unknown = "whether the child listens on %s is unknown, since its open files cannot be read: set --ports"
		return false, f.kept.said.say(unknown, f.kept.ports)
	}
}

// recall returns those of list remembered as the child's. That is sure if all
// of list is known and some of it is the child's: what was another's a moment
// ago may since have been handed to the child, but while the child listens at
// all that changes no answer. With no listener at all there is nothing to ask.
func (f *Finder) recall(list []Listener) (childs []Listener, sure bool) {
	sure = true
	f.kept.childs = f.kept.childs[:0]
	for _, l := range list {
		is, known := f.child[l.identity()]
		if is {
			f.kept.childs = append(f.kept.childs, l)
		}
		sure = sure && known
	}
	childs = f.kept.childs
	return childs, len(list) == 0 || sure && len(childs) > 0
}

// look finds those of list that are the child's and remembers them. It is sure
// unless some could not be told.
func (f *Finder) look(list []Listener) (childs []Listener, sure bool) {
	inodes, hidden, failed := f.inodes()
	childs = f.withoutPeers(filter(list, func(l Listener) bool { return inodes[l.Inode] }))
	hidden = hidden || slices.ContainsFunc(list, func(l Listener) bool { return l.Inode == 0 })
	if len(childs) == 0 && hidden && !failed && f.UID != nil {
		if uid, ok := f.UID(); ok {
			childs = f.withoutPeers(filter(list, func(l Listener) bool { return l.UID == uid }))
		}
	}
	if f.child == nil {
		f.child = make(map[Listener]bool)
	}
	clear(f.child)
	for _, l := range list {
		f.child[l.identity()] = false
	}
	for _, l := range childs {
		f.child[l.identity()] = true
	}
	return childs, !hidden && !failed
}

// inodes returns the sockets of all the child's processes, whether some are
// hidden, and whether looking failed.
func (f *Finder) inodes() (all map[uint64]bool, hidden, failed bool) {
	if f.kept.sockets == nil {
		f.kept.sockets = make(map[uint64]bool)
	}
	all = f.kept.sockets
	clear(all)
	seen := false
	pids := f.Processes()
	for _, pid := range pids {
		inodes, err := f.Inodes(pid)
		for inode := range inodes {
			all[inode] = true
		}
		seen = seen || err == nil
		switch {
		case err == nil || errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrPermission):
			hidden = true
		default:
			failed = true
		}
	}
	delete(all, 0) // a listener's 0 is no inode
	return all, hidden || !seen, failed || len(pids) == 0
}

func filter(list []Listener, keep func(Listener) bool) []Listener {
	var kept []Listener
	for _, l := range list {
		if keep(l) {
			kept = append(kept, l)
		}
	}
	return kept
}
