package main

import (
	"maps"
	"slices"
	"sync"
	"time"

	"drainit/examples/load"
)

// tally counts what becomes of the requests of a run. Its size depends on how
// long the run is, not on how much is lost in it, but for lossesKept.
type tally struct {
	mu   sync.Mutex
	slow time.Duration
	counts
}

// counts is a tally at one moment. All its times but those of loss count from
// the beginning of the run.
type counts struct {
	began       time.Time
	sent        int
	over        int // sent, and no longer in flight
	unsent      int // due while too many were in flight
	outcomes    tolls
	slowAnswers int
	late        time.Duration // the most by which a request began after its instant
	first, last *loss         // by the instant at which they were due
	losses      []loss        // the first lossesKept, as they were seen
	versions    map[string]span
	latency     latency
	rows        []row // one a second, by the instant at which requests were due
}

// tolls count requests by outcome.
type tolls [load.Other + 1]int

// lost counts what got no answer.
func (t tolls) lost() int {
	n := 0
	for _, how := range load.Losses {
		n += t[how]
	}
	return n
}

// loss is one request that got no answer.
type loss struct {
	due, seen time.Time // seen is when the client knew
	from      string    // the address that was asked, empty where there was none
	how       load.Outcome
	err       error
}

// span is how many requests a version answered, and from when to when they were
// due.
type span struct {
	answered    int
	first, last time.Duration
}

// row is a part of a run.
type row struct {
	outcomes tolls // slow answers among them
	slow     int
	unsent   int
	versions []string // of those who answered, sorted
}

const (
	// versionsKept is how many versions are told apart. Something that is not a
	// version, a time or a request's own number, must not fill the memory.
	versionsKept = 32
	// moreVersions stands for all that came after.
	moreVersions = "(more versions)"
	// lossesKept is how many losses are kept for -report.
	lossesKept = 2000
)

// newTally returns a tally of a run that begins now, in which an answer is slow
// that comes later than slow after its request was due.
func newTally(now time.Time, slow time.Duration) *tally {
	return &tally{slow: slow, counts: counts{began: now, versions: map[string]span{}}}
}

// begin counts a request that began late after its instant.
func (t *tally) begin(late time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.late = max(t.late, late)
}

// skip counts a request that was not sent.
func (t *tally) skip(due time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unsent++
	t.row(due).unsent++
}

// end counts what had become at now of a request due at due, asked of from.
func (t *tally) end(due, now time.Time, from, version string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over++
	row, how := t.row(due), load.Classify(err)
	t.outcomes[how]++
	row.outcomes[how]++
	if how != load.Answered {
		t.lose(&loss{due: due, seen: now, from: from, how: how, err: err})
		return
	}
	took := now.Sub(due)
	t.latency.add(took)
	if took > t.slow {
		t.slowAnswers++
		row.slow++
	}
	version = t.answeredBy(version, due.Sub(t.began))
	if at, found := slices.BinarySearch(row.versions, version); !found {
		row.versions = slices.Insert(row.versions, at, version)
	}
}

// lose keeps the first and the last loss, and those of -report.
func (t *tally) lose(l *loss) {
	if len(t.losses) < lossesKept {
		t.losses = append(t.losses, *l)
	}
	if t.first == nil || l.due.Before(t.first.due) {
		t.first = l
	}
	if t.last == nil || l.due.After(t.last.due) {
		t.last = l
	}
}

// answeredBy counts an answer by its version and returns what that is called.
func (t *tally) answeredBy(version string, due time.Duration) string {
	s, known := t.versions[version]
	if !known && len(t.versions) >= versionsKept {
		version = moreVersions
		s, known = t.versions[version]
	}
	if !known {
		s.first = due
	}
	t.versions[version] = span{answered: s.answered + 1, first: min(s.first, due), last: max(s.last, due)}
	return version
}

// row returns the row of the second in which due is.
func (t *tally) row(due time.Time) *row {
	second := int(due.Sub(t.began) / time.Second)
	for len(t.rows) <= second {
		t.rows = append(t.rows, row{})
	}
	return &t.rows[second]
}

// now returns the counts so far.
func (t *tally) now() counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts
	c.versions = maps.Clone(c.versions)
	c.rows = slices.Clone(c.rows)
	c.losses = slices.Clone(c.losses)
	return c
}

// lost counts what got no answer.
func (c counts) lost() int { return c.outcomes.lost() }
