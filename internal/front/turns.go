package front

import (
	"sync"
	"time"
)

// behindMost is how far behind its time a turn is made up for. After a longer standstill
// those that are left share the time that is left, and nobody leaves in a crowd.
const behindMost = 50 * time.Millisecond

// turns has guests leave one after another, so that they arrive at other replicas at an
// even rate. Who comes meanwhile is last in the queue, since its client may have left
// once already.
type turns struct {
	mu      sync.Mutex
	guests  map[*guest]struct{} // those that are here
	queue   []*guest            // in the order of their turns, those that have gone included
	waiting int                 // in it and here
	begun   bool                // somebody is to leave
	final   bool                // nobody new is let in
	by      time.Time           // when the last leaves at the latest
	next    time.Time           // when the next one leaves
	timer   *time.Timer
}

// come takes a guest in. One that comes when the time is over stays until nobody new is
// let in, since it may well come back.
func (t *turns) come(g *guest) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.guests == nil {
		t.guests = map[*guest]struct{}{}
	}
	t.guests[g] = struct{}{}
	if t.begun && (t.final || now.Before(t.by)) {
		t.enqueue(g)
		if t.waiting == 1 {
			t.next = now.Add(t.by.Sub(now) / 2)
		}
		t.schedule(now)
	}
}

// leave lets one go.
func (t *turns) leave(g *guest) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.guests, g)
	if g.place == inQueue {
		t.waiting--
	}
	g.place = told
}

// begin has all leave within a time, spread evenly over it, and returns how many that
// are. Called again it spreads those that are left over the new time.
func (t *turns) begin(within time.Duration) int {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun, t.by = true, now.Add(within)
	t.enqueueAll()
	t.next = now.Add(within / time.Duration(t.waiting+1))
	t.schedule(now)
	return t.waiting
}

// close says that nobody new is let in.
func (t *turns) close() {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.final = true
	if t.begun {
		t.enqueueAll()
		t.schedule(now)
	}
}

// isBegun reports whether somebody is to leave.
func (t *turns) isBegun() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.begun
}

func (t *turns) enqueueAll() {
	for g := range t.guests {
		if g.place == unasked {
			t.enqueue(g)
		}
	}
}

func (t *turns) enqueue(g *guest) {
	g.place = inQueue
	t.queue = append(t.queue, g)
	t.waiting++
}

// schedule has the next ones called when it is their turn.
func (t *turns) schedule(now time.Time) {
	if t.waiting == 0 {
		return
	}
	due := t.next
	if t.by.Before(due) {
		due = t.by
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(due.Sub(now), t.call)
	} else {
		t.timer.Reset(due.Sub(now))
	}
}

// call tells those whose turn it is.
func (t *turns) call() {
	now := time.Now()
	t.mu.Lock()
	those := t.due(now)
	t.schedule(now)
	t.mu.Unlock()
	for _, g := range those {
		g.tell(now)
	}
}

// due takes those out of the queue whose turn it is.
func (t *turns) due(now time.Time) (those []*guest) {
	if now.Sub(t.next) > behindMost {
		t.next = now
	}
	for t.waiting > 0 && (!now.Before(t.by) || !now.Before(t.next)) {
		g := t.queue[0]
		t.queue = t.queue[1:]
		if g.place != inQueue {
			continue
		}
		g.place = told
		t.waiting--
		those = append(those, g)
		t.next = t.next.Add(t.by.Sub(t.next) / time.Duration(t.waiting+1))
	}
	return those
}
