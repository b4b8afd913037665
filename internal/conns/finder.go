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
// NonLoopback waits for nothing but Peer. The functions must not call the Finder.
type Finder struct {
	// Processes returns the PIDs of the child's processes, itself included,
	// and no zombies. It, Inodes and UID are called one at a time.
	Processes func() []int

	// Inodes returns the inodes of a process's sockets, fs.ErrNotExist where
	// it has gone. By fs.ErrPermission they are hidden: the child changed its
	// user (gosu), or its program has file capabilities. They are hidden, too,
	// where all processes seem to have gone. By any other error (descriptors
	// or memory are short) nothing is known.
	Inodes func(pid int) (map[uint64]bool, error)

	// UID returns the user the child runs as, where that is known. It stands
	// in for what is hidden.
	UID func() (uint32, bool)

	// Own reports whether a listener is drainit's own; where nil, none is.
	// It may be called at any time, by several at once.
	Own func(Listener) bool

	// Peer reports whether a listener is another drainit's, which serves
	// nobody; where nil, none is. Finding out may cost a question, so it is
	// asked only of what would else count. It may be called at any time, by
	// several at once.
	Peer func(Listener) bool

	// list is Listeners, but for tests.
	list func() ([]Listener, error)

	mu    sync.Mutex
	child map[Listener]bool // by identity, whether it is the child's
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

// ListeningAt is Listening, and with ports it takes addresses besides: whether a
// connection to each is one to somebody but drainit. A server on localhost may be
// one on ::1 alone.
func (f *Finder) ListeningAt(ports []uint16, addrs []netip.AddrPort) (ok bool, detail string) {
	list, err := f.others()
	if err != nil {
		return false, fmt.Sprintf("listening sockets cannot be read (%v): set --ready-check", err)
	}
	if len(ports) == 0 {
		return f.childListens(list)
	}
	if ok, detail = allListen(list, ports); !ok {
		return false, detail
	}
	for _, to := range addrs {
		if slices.ContainsFunc(list, func(l Listener) bool { return l.takes(to) }) {
			continue
		}
		for _, l := range list {
			if l.Addr.Port() == to.Port() {
				return false, fmt.Sprintf("%s is not listened on, only %s is", to, l.Addr)
			}
		}
		return false, fmt.Sprintf("%s is not listened on", to)
	}
	return true, detail
}

// takes reports whether a connection to the address may be one to the listener.
func (l Listener) takes(to netip.AddrPort) bool {
	at, ip := l.Addr.Addr(), to.Addr().Unmap()
	return l.Addr.Port() == to.Port() && (at == ip || at.IsUnspecified() && (at.Is6() || ip.Is4()))
}

// Ports returns the TCP ports the child listens on by now, and whether that is
// known: none at all is an answer too. Where it is not, detail says why in
// words. It looks at the child's files each time.
func (f *Finder) Ports() (list []uint16, known bool, detail string) {
	listeners, err := f.others()
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
	list, err := f.others()
	if err != nil {
		return false, false
	}
	return slices.ContainsFunc(list, func(l Listener) bool {
		return !l.Addr.Addr().IsLoopback() && !f.isPeer(l)
	}), true
}

// others returns the listeners that are not drainit's.
func (f *Finder) others() ([]Listener, error) {
	listeners := f.list
	if listeners == nil {
		listeners = Listeners
	}
	list, err := listeners()
	if err != nil || f.Own == nil {
		return list, err
	}
	return filter(list, func(l Listener) bool { return !f.Own(l) }), nil
}

func (f *Finder) isPeer(l Listener) bool { return f.Peer != nil && f.Peer(l) }

func allListen(list []Listener, want []uint16) (bool, string) {
	listening := ports(list)
	var missing []uint16
	for _, p := range want {
		if !slices.Contains(listening, p) {
			missing = append(missing, p)
		}
	}
	switch len(missing) {
	case 0:
		return true, "listening on " + commas(want)
	case 1:
		return false, fmt.Sprintf("port %d is not listened on", missing[0])
	default:
		return false, fmt.Sprintf("ports %s are not listened on", commas(missing))
	}
}

func (f *Finder) childListens(list []Listener) (bool, string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	childs, sure := f.recall(list)
	if !sure {
		// The processes are looked at after the sockets, so that whoever
		// opened one of them is found unless it has ended.
		childs, sure = f.look(list)
	}
	switch {
	case len(childs) > 0:
		return true, "listening on " + commas(ports(childs))
	case sure:
		return false, "the child listens on no TCP port"
	default:
		return false, fmt.Sprintf("whether the child listens on %s is unknown, since its open files cannot be read: set --ports",
			commas(ports(list)))
	}
}

// recall returns those of list remembered as the child's. That is sure if all
// of list is known and some of it is the child's: what was another's a moment
// ago may since have been handed to the child, but while the child listens at
// all that changes no answer. With no listener at all there is nothing to ask.
func (f *Finder) recall(list []Listener) (childs []Listener, sure bool) {
	sure = true
	for _, l := range list {
		is, known := f.child[l.identity()]
		if is {
			childs = append(childs, l)
		}
		sure = sure && known
	}
	return childs, len(list) == 0 || sure && len(childs) > 0
}

// look finds those of list that are the child's and remembers them. It is sure
// unless some could not be told.
func (f *Finder) look(list []Listener) (childs []Listener, sure bool) {
	inodes, hidden, failed := f.inodes()
	childs = filter(list, func(l Listener) bool { return inodes[l.Inode] && !f.isPeer(l) })
	hidden = hidden || slices.ContainsFunc(list, func(l Listener) bool { return l.Inode == 0 })
	if len(childs) == 0 && hidden && !failed && f.UID != nil {
		if uid, ok := f.UID(); ok {
			childs = filter(list, func(l Listener) bool { return l.UID == uid && !f.isPeer(l) })
		}
	}
	f.child = make(map[Listener]bool, len(list))
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
	all = make(map[uint64]bool)
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
