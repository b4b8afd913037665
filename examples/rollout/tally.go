package main

import (
	"maps"
	"sync"
	"time"

	"drainit/examples/load"
)

// loss is one request that got no answer.
type loss struct {
	addr string    // the replica it was sent to, empty where the routes had none
	seen time.Time // when the client knew
	how  load.Outcome
}

// tally counts what became of the requests of one rollout.
type tally struct {
	mu       sync.Mutex
	sent     int
	versions map[string]int // answered, by the version that did
	losses   []loss
	late     time.Duration // the most by which a request began after its instant
}

// counts is a tally at one moment.
type counts struct {
	sent     int
	versions map[string]int
	losses   []loss
	late     time.Duration
}

// begin counts a request that began late after its instant.
func (t *tally) begin(late time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.late = max(t.late, late)
}

// end counts what became of a request to addr.
func (t *tally) end(addr, version string, err error) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if how := load.Classify(err); how != load.Answered {
		t.losses = append(t.losses, loss{addr: addr, seen: now, how: how})
		return
	}
	if t.versions == nil {
		t.versions = map[string]int{}
	}
	t.versions[version]++
}

// now returns the counts so far.
func (t *tally) now() counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return counts{
		sent:     t.sent,
		versions: maps.Clone(t.versions),
		losses:   t.losses[:len(t.losses):len(t.losses)],
		late:     t.late,
	}
}

// lost counts the losses that ended as how.
func (c counts) lost(how load.Outcome) int {
	n := 0
	for _, l := range c.losses {
		if l.how == how {
			n++
		}
	}
	return n
}

// lostTo counts the losses among requests sent to addr, by outcome.
func (c counts) lostTo(addr string) map[load.Outcome]int {
	byOutcome := map[load.Outcome]int{}
	for _, l := range c.losses {
		if l.addr == addr {
			byOutcome[l.how]++
		}
	}
	return byOutcome
}
