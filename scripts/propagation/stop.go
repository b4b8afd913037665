package propagation

import (
	"fmt"
	"slices"
	"time"

	"drainit/internal/drain"
)

// Answer is how long the server takes for each request. It exits at once on its stop
// signal, with what is in flight.
const Answer = 500 * time.Millisecond

// lookTakes is how long a look at the connections takes.
const lookTakes = 2 * time.Millisecond

// stop is one stop under internal/drain's machine: what came, and how far it has got.
type stop struct {
	machine  *drain.Machine
	t0, now  time.Time
	arrivals []time.Duration // after t0, in their order
	looked   time.Duration   // at the arrivals up to there
	ranged   bool            // only then do looks decide anything
	closed   time.Duration   // the front, from t0; -1: it is not
	idle     bool            // it has said so
}

// Play plays one stop and returns how long the stop signal was held, and how many requests
// were lost: those in flight then, and all that came later.
func Play(settings drain.Settings, arrivals []float64) (held time.Duration, lost int) {
	plan, problems := settings.Plan()
	if len(problems) > 0 {
		panic(fmt.Sprint("a plan that does not fit: ", problems))
	}
	t0 := time.Unix(0, 0)
	s := &stop{machine: drain.New(plan), t0: t0, now: t0, ranged: plan.DelayMax > 0, closed: -1}
	for _, at := range arrivals {
		s.arrivals = append(s.arrivals, time.Duration(at*float64(time.Second)))
	}
	const sigterm drain.Signal = 15
	s.do(s.machine.Step(t0, drain.StopRequest{Signal: sigterm, At: t0}))
	for s.machine.State() < drain.Stopping {
		s.next()
	}
	held = s.machine.Record().StopAt.Sub(t0)
	from := held - Answer
	if s.closed >= 0 {
		from = s.closed // what had come before has been answered
	}
	return held, len(s.arrivals) - s.upTo(from)
}

// next goes on to the next instant at which something happens.
func (s *stop) next() {
	at, ok := s.machine.Wake()
	if !ok {
		panic("the machine waits for nothing")
	}
	if done := s.t0.Add(s.closed + Answer); s.closed >= 0 && !s.idle && done.Before(at) {
		s.now, s.idle = done, true // at the latest
		s.do(s.machine.Step(s.now, drain.FrontIdle{}))
		return
	}
	s.now = at
	s.do(s.machine.Step(at, drain.Woken{}))
}

func (s *stop) do(todo []drain.Action) {
	for _, a := range todo {
		switch a := a.(type) {
		case drain.Ask:
			s.do(s.machine.Step(s.now, drain.Facts{Listening: drain.Yes, ArrivalRate: Rate}))
		case drain.Look:
			s.now = s.now.Add(lookTakes)
			s.do(s.machine.Step(s.now, s.look()))
		case drain.Front:
			if a.Do == drain.FrontClose {
				s.closed = s.now.Sub(s.t0)
			}
		}
	}
}

// look is what is to be seen now.
func (s *stop) look() drain.Observed {
	now := s.now.Sub(s.t0)
	come := s.upTo(now)
	seen := drain.Observed{Known: true, Settled: !s.ranged, Took: lookTakes, Arrived: come - s.upTo(s.looked), Quiet: now}
	seen.Connections.InFlight = come - s.upTo(now-Answer)
	if come > 0 {
		seen.Quiet = max(0, now-s.arrivals[come-1]-Answer) // since its answer
	}
	s.looked = now
	return seen
}

// upTo is how many have come up to an instant.
func (s *stop) upTo(at time.Duration) int {
	n, _ := slices.BinarySearch(s.arrivals, at+1) // whole nanoseconds
	return n
}
