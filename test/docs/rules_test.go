package docs_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"drainit/internal/drain"
)

// Every reason for which nothing is held is a row of the manual, word for word.
func TestManualHasEveryRuleOfTheHold(t *testing.T) {
	rules := map[string]bool{}
	for _, s := range []drain.Settings{
		{},
		{DelayGiven: true},
		{Kubernetes: true},
		{Kubernetes: true, Held: true},
		{Kubernetes: true, DelayGiven: true, Delay: time.Second},
	} {
		for _, one := range []struct {
			checks drain.Checks
			facts  drain.Facts
		}{
			{},
			{facts: drain.Facts{Listening: drain.No}},
			{checks: drain.Checks{Configured: true, Asked: true}},
			{checks: drain.Checks{Configured: true, Asked: true, EverReady: true, RedInARow: 3}},
		} {
			plan, _ := s.Plan()
			m, now := drain.New(plan), time.Now()
			m.Step(now, drain.StopRequest{Signal: 15, Checks: one.checks})
			m.Step(now, one.facts)
			if rec := m.Record(); rec.Hold == 0 {
				rules[rec.HoldRule] = true
			}
		}
	}
	var said []string
	for _, row := range troubleshooting(t).section(t, "Nothing was held").rows() {
		said = append(said, plain(row[0]))
	}
	wantSame(t, "hold rule", said, slices.Collect(maps.Keys(rules)))
}
