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
		for _, f := range []drain.Facts{
			{},
			{Listening: drain.No},
			{CheckConfigured: true, CheckAsked: true},
			{CheckConfigured: true, CheckAsked: true, EverReady: true, RedInARow: 3},
		} {
			plan, _ := s.Plan()
			m := drain.New(plan)
			m.Step(time.Now(), drain.StopRequest{Signal: 15, Facts: f})
			if rec := m.Record(); rec.Hold == 0 {
				rules[rec.HoldRule] = true
			}
		}
	}
	var said []string
	for _, row := range manual(t).section(t, "Nothing was held").rows() {
		said = append(said, plain(row[0]))
	}
	wantSame(t, "hold rule", said, slices.Collect(maps.Keys(rules)))
}
