package main

import (
	"slices"
	"time"
)

// lag is how long after the stop request requests still came to an instance.
type lag struct {
	stop
	last   time.Duration // the last of them, from t0
	by     string        // who saw it
	known  bool          // somebody could have
	ended  bool          // they were seen to cease
	unsure time.Duration // the next one may have been this much later
}

const (
	// looksApart is how late drainit's looks may count an arrival.
	looksApart = 250 * time.Millisecond
	// quietLeast and quietGaps are how long nothing must have come for a lag to be over:
	// of a rate at which seven are expected, none is seen in one window of a thousand.
	quietLeast = time.Second
	quietGaps  = 7
)

// lag says what a stop came to, in a measurement that ended at end.
func (s *stop) lag(end time.Time, ignore bool) lag {
	l := lag{stop: *s, unsure: max(s.gap, looksApart)}
	l.known = s.name != "" && s.gap > 0 || s.counts && !ignore || !s.loss.IsZero()
	latest := s.t0
	take := func(at time.Time, by string) {
		if at.After(latest) {
			latest, l.by = at, by
		}
	}
	take(s.own, "an answer")
	if !ignore {
		take(s.told, "/drain")
	}
	take(s.loss, "a lost request")
	l.last = latest.Sub(s.t0)
	served := end // what has come was taken in up to here, or would have been lost
	if l.by != "a lost request" {
		for _, at := range []time.Time{s.signalled, s.over} {
			if !at.IsZero() && at.Before(served) {
				served = at
			}
		}
	}
	l.ended = served.Sub(latest) >= max(quietLeast, quietGaps*s.gap)
	return l
}

// hold is what would have covered the lag.
func (l lag) hold() time.Duration { return l.last + l.unsure }

// rollout is stops that follow each other closely. They share routers and their moods, so
// that they are one observation.
type rollout struct{ stops []lag }

func rolloutsOf(stops []lag, apart time.Duration) []rollout {
	var rollouts []rollout
	for i, s := range stops {
		if i == 0 || s.t0.Sub(stops[i-1].t0) > apart {
			rollouts = append(rollouts, rollout{})
		}
		last := &rollouts[len(rollouts)-1]
		last.stops = append(last.stops, s)
	}
	return rollouts
}

// holdReport is what was seen of stops.
type holdReport struct {
	apart    time.Duration
	stops    []lag
	rollouts []rollout
}

// measured are the stops of which a lag is known.
func (h holdReport) measured() []lag {
	return slices.DeleteFunc(slices.Clone(h.stops), func(l lag) bool { return !l.known })
}

// open reports whether requests may still have come to an instance when it ended, or to
// one that had not ended.
func (h holdReport) open() bool {
	return slices.ContainsFunc(h.measured(), func(l lag) bool { return !l.ended })
}

// longest is the hold that would have covered every stop that was measured.
func (h holdReport) longest() time.Duration {
	var longest time.Duration
	for _, l := range h.measured() {
		longest = max(longest, l.hold())
	}
	return roundUp(longest)
}

// counted is how many rollouts had a stop that was measured.
func (h holdReport) counted() int {
	n := 0
	for _, r := range h.rollouts {
		if slices.ContainsFunc(r.stops, func(l lag) bool { return l.known }) {
			n++
		}
	}
	return n
}

// answered reports whether there is a hold to be told.
func (h holdReport) answered() bool { return h.counted() > 0 && !h.open() }
