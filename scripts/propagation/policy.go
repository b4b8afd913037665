package propagation

import (
	"math/rand/v2"
	"time"

	"drainit/internal/drain"
)

// Policy is a way to hold, with one number to set.
type Policy int

const (
	Fixed Policy = iota // --drain-delay D
	Range               // --drain-delay 1s..D
	Front               // --front, and --drain-delay D
)

func (p Policy) String() string { return [...]string{"fixed", "range", "front"}[p] }

// settings are those with the number set to d. The grace period is no limit.
func (p Policy) settings(d time.Duration) drain.Settings {
	s := drain.Settings{GracePeriod: 10 * time.Minute, Delay: d, DelayGiven: true}
	switch p {
	case Range:
		s.Delay, s.DelayMax = min(time.Second, d), d
	case Front:
		s.Front = true
	}
	return s
}

// Point is what many stops came to.
type Point struct {
	Set   time.Duration // the number
	Paid  float64       // seconds for which the stop signal was held, on average
	Lost  float64       // requests, on average
	Clean float64       // share of stops in which none was
}

// Stops is how many are simulated for each point.
const Stops = 200

// Curve simulates stops under a policy, the same ones for each number.
func Curve(routers Routers, p Policy, numbers []time.Duration) []Point {
	points := make([]Point, len(numbers))
	for i, d := range numbers {
		points[i].Set = d
	}
	r := rand.New(rand.NewPCG(19, uint64(routers.Nodes)))
	for range Stops {
		arrivals := routers.Arrivals(r)
		for i, d := range numbers {
			held, lost := Play(p.settings(d), arrivals)
			points[i].add(held, lost)
		}
	}
	return points
}

func (p *Point) add(held time.Duration, lost int) {
	p.Paid += held.Seconds() / Stops
	p.Lost += float64(lost) / Stops
	if lost == 0 {
		p.Clean += 1.0 / Stops
	}
}

// Clean is the share of stops after whose hold nothing comes any more, by the hold in
// whole seconds up to most.
func Clean(routers Routers, most int) []float64 {
	r := rand.New(rand.NewPCG(19, uint64(routers.Nodes)))
	clean := make([]float64, most+1)
	for range Stops {
		arrivals := routers.Arrivals(r)
		last := 0.0
		if n := len(arrivals); n > 0 {
			last = arrivals[n-1]
		}
		for hold := range clean {
			if last <= float64(hold) {
				clean[hold] += 1.0 / Stops
			}
		}
	}
	return clean
}
