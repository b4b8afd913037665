package main

import (
	"time"

	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/probe"
)

// frontAnswer is what the front says when it is asked for /drain or /metrics.
type frontAnswer struct {
	stats front.Stats
	now   bool // and not what it said last
}

// statusFunc returns what tells of the front, nil where there is none. Those who
// ask at the same time share a question.
func (f *frontProcess) statusFunc() func() *probe.Front {
	if f == nil {
		return func() *probe.Front { return nil }
	}
	shared := &sharedLook[frontAnswer]{look: f.answer}
	return func() *probe.Front {
		a := shared.get()
		s := a.stats
		_, warned := f.link.latest()
		return &probe.Front{
			Routes: routeTexts(f.routes), PID: f.pid, Serving: f.link.isServing(), Answers: a.now,
			Connections: s.Connections, InFlight: s.InFlight, Upgraded: s.Upgraded,
			Accepted: s.Accepted, Requests: byClass(s.Requests),
			Refused: s.Refused, Failed: s.Failed, Cut: s.Cut, Warnings: uint64(warned),
		}
	}
}

func (f *frontProcess) answer() frontAnswer {
	stats, ok := f.link.askFor(frontScrapePatience)
	if !ok {
		stats, _ = f.link.latest()
	}
	return frontAnswer{stats, ok}
}

// byClass names the classes as metrics do.
func byClass(requests [6]uint64) map[string]uint64 {
	named := map[string]uint64{}
	for i, name := range [...]string{"none", "1xx", "2xx", "3xx", "4xx", "5xx"} {
		named[name] = requests[i]
	}
	return named
}

// frontCloses is when the front takes nothing new in at the latest, unless that
// was asked for: when the delay is over, and peers have gone.
func frontCloses(p drain.Plan, rec drain.Record) time.Duration {
	switch {
	case rec.T0.IsZero():
		return max(p.Longest(), p.PeersLatest())
	case len(rec.WaitsFor) > 0:
		return max(rec.Hold, p.PeersLatest())
	}
	return rec.Hold
}

// frontLines are what the front does in a stop.
func frontLines(cfg config) planLines {
	if !cfg.Plan.Front {
		return nil
	}
	return planLines{
		{0, "front drains", "each answer ends its connection; new ones are served"},
		{frontCloses(cfg.Plan, drain.Record{}), "front closes", "nothing new comes in; what is in flight finishes"},
	}
}
