package probe

import "time"

// place is where a connection stands.
type place uint8

const (
	nowhere      place = iota
	asking             // nothing has come, or not the whole of a request
	waitingReady       // for the answer of /readyz
	waitingLive        // for that of /livez
	waitingHelp        // for a helper
	handed             // to a helper that is being started
	placeCount
)

// slot is a connection.
type slot struct {
	fd         int
	turn       int32 // which connection this is of those that had the slot
	place      place
	form       form
	endpoint   endpoint
	local      bool // the other end is of this network namespace: a program in the pod, or ctl
	watched    bool // by epoll
	since      time.Duration
	prev, next int32 // of the same place, oldest first; none
}

const none = -1

// table is the connections of a server, of one goroutine. Who holds connections
// open without asking anything, by malice or by a leak, must never keep a
// platform's probe out, which would have the container restarted: at a bound the
// oldest of those goes and the newest stays. Nor can anybody push out a probe that
// has asked: it is never closed for who comes later.
type table struct {
	limits
	slots       []slot
	free        []int32
	count       [placeCount]int
	first, last [placeCount]int32
}

func newTable(most limits) *table {
	t := &table{limits: most}
	for p := range placeCount {
		t.first[p], t.last[p] = none, none
	}
	return t
}

// add enters a connection, which has not asked.
func (t *table) add(fd int, local bool, now time.Duration) int32 {
	var i int32
	if n := len(t.free); n > 0 {
		i, t.free = t.free[n-1], t.free[:n-1]
	} else {
		i = int32(len(t.slots))
		t.slots = append(t.slots, slot{})
	}
	t.slots[i] = slot{fd: fd, turn: t.slots[i].turn + 1, local: local, since: now, prev: none, next: none}
	t.move(i, asking)
	return i
}

// remove takes a connection out.
func (t *table) remove(i int32) {
	t.move(i, nowhere)
	t.free = append(t.free, i)
}

// move puts a connection behind the others of a place.
func (t *table) move(i int32, to place) {
	s := &t.slots[i]
	if from := s.place; from != nowhere {
		t.count[from]--
		t.link(s.prev, s.next, from)
	}
	s.place, s.prev, s.next = to, none, none
	if to == nowhere {
		return
	}
	t.count[to]++
	s.prev = t.last[to]
	if t.last[to] == none {
		t.first[to] = i
	} else {
		t.slots[t.last[to]].next = i
	}
	t.last[to] = i
}

// link makes two neighbours of a place, each of which may be none.
func (t *table) link(a, b int32, p place) {
	if a == none {
		t.first[p] = b
	} else {
		t.slots[a].next = b
	}
	if b == none {
		t.last[p] = a
	} else {
		t.slots[b].prev = a
	}
}

// waiting is how many have asked and have no answer.
func (t *table) waiting() int {
	return t.count[waitingReady] + t.count[waitingLive] + t.count[waitingHelp] + t.count[handed]
}

// mayWait reports whether there is room for a connection to wait for an answer.
func (t *table) mayWait(i int32) bool {
	room := t.wait
	if !t.slots[i].local {
		room -= t.own
	}
	return t.waiting() < room
}

// full reports whether one more can be let in only when another has gone, and when
// that may be: it has so long to ask even where there is no room, since its request
// comes after it. Where few may be open it is less, so that as many come and go in
// a second.
func (t *table) full() (at time.Duration, is bool) {
	if t.count[asking] < t.open {
		return 0, false
	}
	least := leastPatience * time.Duration(t.open) / openLimit
	return t.slots[t.first[asking]].since + least, true
}

// overdue returns a connection whose time to ask is over, and else when the next
// one's is: 5 s, or a quarter of a second where too many have not asked.
func (t *table) overdue(now time.Duration) (i int32, next time.Duration) {
	i = t.first[asking]
	if i == none {
		return none, forever
	}
	limit := readTime
	if t.count[asking] > t.idle {
		limit = patience
	}
	if due := t.slots[i].since + limit; now < due {
		return none, due
	}
	return i, now
}

const (
	// forever is later than any instant.
	forever = time.Duration(1<<63 - 1)

	// patience is how long a connection on which nothing was asked is left alone
	// although there are too many of the kind. A request comes with its connection
	// or a round trip later.
	patience = 250 * time.Millisecond

	// leastPatience is the same where there is no room at all: see table.full.
	leastPatience = 50 * time.Millisecond
)
