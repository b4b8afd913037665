package frontproc

import (
	"drainit/internal/config"
	"drainit/internal/front"
	"drainit/internal/logging"
	"drainit/internal/probe"
	"drainit/internal/share"
)

// answer is what the front says when it is asked for /drain or /metrics.
type answer struct {
	stats front.Stats
	now   bool // and not what it said last
}

// StatusFunc returns what tells of the front, nil where there is none. Those who
// ask at the same time share a question.
func (f *Process) StatusFunc() func() *probe.Front {
	if f == nil {
		return func() *probe.Front { return nil }
	}
	shared := &share.Look[answer]{Look: f.answer}
	return func() *probe.Front {
		a := shared.Get()
		s := a.stats
		_, warned := f.link.latest()
		return &probe.Front{
			Routes: config.RouteTexts(f.routes), PID: f.pid, Serving: f.link.isServing(), Answers: a.now,
			Connections: s.Connections, InFlight: s.InFlight, Upgraded: s.Upgraded,
			Accepted: s.Accepted, Requests: byClass(s),
			Refused: s.Refused, Failed: s.Failed, Cut: s.Cut, Left: s.Left, Warnings: logging.Sum(warned), Reasons: warned,
		}
	}
}

func (f *Process) answer() answer {
	stats, ok := f.link.askFor(scrapePatience)
	if !ok {
		stats, _ = f.link.latest()
	}
	return answer{stats, ok}
}

// byClass names the classes as metrics do.
func byClass(s front.Stats) map[string]uint64 {
	named := map[string]uint64{"h2": s.Streams}
	for i, name := range [...]string{"none", "1xx", "2xx", "3xx", "4xx", "5xx"} {
		named[name] = s.Requests[i]
	}
	return named
}
