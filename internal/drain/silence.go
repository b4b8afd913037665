package drain

import (
	"fmt"
	"time"
)

const (
	// enough is how many arrivals must be missing for silence to be strong, and
	// how many must have come to know how often they come: of a rate at which
	// seven were to be expected, none is seen in one window of a thousand (e^-7).
	enough = 7

	// leastSilence outlasts the first repetition of a lost SYN, after 1 s (RFC 6298).
	leastSilence = 2 * time.Second

	// bunch is how many connections may well be one arrival, before looks have
	// told: a browser opens up to six at once.
	bunch = 6
)

// silence weighs whether connections have ceased to arrive. Where it is not
// sure, they have not.
type silence struct {
	before float64   // arrivals a second up to the stop request; 0: not known
	since  time.Time // the stop request

	arrived int       // connections
	looks   int       // in which any had
	latest  time.Time // up to when arrivals may have come, or something may have moved
	lastOne time.Time // up to when the last arrival may have come
	seen    time.Time // up to when anything would have been seen
}

func (s *silence) observe(now time.Time, e Observed) {
	s.seen = now.Add(-e.Took)
	if !e.Known {
		s.latest = now
		return
	}
	if e.Arrived > 0 {
		s.arrived += e.Arrived
		s.looks++
		s.latest, s.lastOne = now, now
	}
	if moved := now.Add(-e.Quiet); moved.After(s.latest) {
		s.latest = moved
	}
}

// lasted is for how long nothing has come or moved. Before the stop request
// nobody looked.
func (s silence) lasted() time.Duration {
	from := s.since
	if s.latest.After(from) {
		from = s.latest
	}
	return s.seen.Sub(from)
}

// rate is how many connections a second were to be expected: as many as before
// the stop request or as came after it, whichever is less. Of those after, the
// rate is that up to the last of them.
func (s silence) rate() float64 {
	if s.arrived < enough {
		return 0
	}
	return min(s.before, float64(s.arrived)/s.while().Seconds())
}

// while is how long connections arrived after the stop request.
func (s silence) while() time.Duration { return max(lookLeast, s.lastOne.Sub(s.since)) }

// apart is how many arrivals a second were to be expected that do not depend on
// each other: clients open several connections at once. All that came up to one
// look are one arrival; where there were too few such looks to tell a rate, each
// bunch is.
func (s silence) apart() float64 {
	if s.looks < enough {
		return s.rate() / bunch
	}
	return min(s.rate(), float64(s.looks)/s.while().Seconds())
}

// strong reports whether it is silent because nobody sends any more.
func (s silence) strong() bool {
	lasted := s.lasted()
	return lasted >= leastSilence && s.apart()*lasted.Seconds() >= enough
}

// String says how it is silent: "silent for 2.1s, at 50 arrivals a second before".
func (s silence) String() string {
	return fmt.Sprintf("silent for %v, after %.3g arrivals a second", s.lasted().Round(100*time.Millisecond), s.rate())
}
