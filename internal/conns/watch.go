package conns

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Watch looks at the connections that came in to some local ports. It keeps no
// time and does nothing between two looks. It is not safe for concurrent use.
type Watch struct {
	Ports []uint16 // of the program; none: nothing is seen

	// Remember has every look compared with the one before, which takes some
	// tens of bytes for each connection: Seen.New, Gone and Quiet need it.
	Remember bool

	before map[uint64]struct{} // identities, nil before the first look
	busy   []uint64            // cookies of those in flight, or perhaps
	list   func(ports []uint16, each func(row)) error
}

// Seen is what one look saw. A connection is in one of the first three, or
// waits to be accepted.
type Seen struct {
	InFlight   int // something is asked and not answered, or not delivered
	Idle       int
	Undecided  int // the kernel does not tell which
	Unaccepted int // in the queues of the listening sockets: closing those resets them

	New, Gone int           // since the look before
	Quiet     time.Duration // since the last byte on any connection; the longest duration there is without one

	// Refused is why sock_diag(7) did not answer, and /proc/net/tcp did: it
	// tells what waits in queues and no more, so that the rest is undecided.
	Refused error
}

// forever is longer ago than anything.
const forever = time.Duration(1<<63 - 1)

// maxFilters is up to how many ports the kernel picks the connections, port by
// port. Each walks its whole table once, so for more it is cheaper to be told
// everything.
const maxFilters = 4

// Look takes some tenths of a millisecond on a machine with few connections,
// and 30 ms where it has 20,000, whoever's they are: the kernel walks one
// table for all network namespaces.
func (w *Watch) Look() (Seen, error) {
	if len(w.Ports) == 0 {
		return Seen{Quiet: forever}, nil
	}
	list := w.list
	if list == nil {
		list = diagConnections
	}
	t := w.newTally()
	refused := list(w.Ports, t.add)
	if refused != nil {
		t = w.newTally()
		t.seen.Refused = refused
		if err := procConnections("/proc/net", t.add); err != nil {
			return Seen{}, fmt.Errorf("%w; %w", refused, err)
		}
	}
	if w.Remember {
		t.compare(w.before)
		w.before = t.ids
	}
	w.busy = t.busy
	return t.seen, nil
}

// InFlight returns the cookies of the connections that were in flight at the
// last look, or of which the kernel did not tell.
func (w *Watch) InFlight() []uint64 { return w.busy }

// diagConnections lists what is there on the ports, and more, through
// sock_diag(7).
func diagConnections(ports []uint16, each func(row)) error {
	s, err := openSocket()
	if err != nil {
		return fmt.Errorf("sock_diag: %w", err)
	}
	defer s.close()
	const states = 1<<tcpListen | 1<<tcpEstablished | 1<<tcpCloseWait | 1<<tcpFinWait1 | 1<<tcpLastAck | 1<<tcpClosing
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		for _, port := range filters(ports) {
			// A listing that changed under way is as good as one a
			// moment earlier or later.
			_, err := s.each(request{family, states, port, true}, each)
			if family == unix.AF_INET6 && noFamily(err) {
				return nil // IPv4 was answered: this is a kernel without IPv6
			}
			if err != nil {
				return fmt.Errorf("sock_diag: %w", err)
			}
		}
	}
	return nil
}

// filters returns the ports to ask for, 0 for all.
func filters(ports []uint16) []uint16 {
	if len(ports) > maxFilters {
		return []uint16{0}
	}
	return ports
}

// tally counts the rows of one look.
type tally struct {
	ports []uint16
	seen  Seen
	ids   map[uint64]struct{} // nil: not kept
	busy  []uint64
}

func (w *Watch) newTally() *tally {
	t := &tally{ports: w.Ports, seen: Seen{Quiet: forever}}
	if w.Remember {
		t.ids = make(map[uint64]struct{}, len(w.before))
	}
	return t
}

func (t *tally) add(r row) {
	if !slices.Contains(t.ports, r.local.Port()) {
		return
	}
	if r.state == tcpListen {
		t.seen.Unaccepted += int(r.rqueue)
		return
	}
	v := connection{r.state, r.rqueue, r.wqueue, r.info}.verdict()
	if v == over {
		return
	}
	t.remember(r)
	if r.inode == 0 && r.info.known && (r.state == tcpEstablished || r.state == tcpCloseWait) {
		return // not accepted: it has no file yet, and is in its listener's queue
	}
	switch v {
	case inFlight:
		t.seen.InFlight++
		t.busy = append(t.busy, r.cookie)
	case idle:
		t.seen.Idle++
	default:
		t.seen.Undecided++
		t.busy = append(t.busy, r.cookie)
	}
}

func (t *tally) remember(r row) {
	if t.ids != nil {
		t.ids[r.cookie] = struct{}{}
	}
	if r.info.known {
		t.seen.Quiet = min(t.seen.Quiet, r.info.sinceReceived, r.info.sinceSent)
	}
}

// compare counts what came and went since the look that saw before.
func (t *tally) compare(before map[uint64]struct{}) {
	if before == nil {
		return
	}
	for id := range t.ids {
		if _, ok := before[id]; !ok {
			t.seen.New++
		}
	}
	t.seen.Gone = len(before) + t.seen.New - len(t.ids)
}
