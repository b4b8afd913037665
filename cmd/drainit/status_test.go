package main

import (
	"strings"
	"testing"
	"time"

	"drainit/internal/drain"
	"drainit/internal/probe"
)

// /drain and ctl plan say the same of one plan: the stop signal at the latest
// instant it may have, and readiness red no later.
func TestTimelineAgreesWithCtlPlan(t *testing.T) {
	t0 := time.Unix(1000, 0)
	for name, s := range map[string]drain.Settings{
		"delay":          {GracePeriod: time.Minute, Delay: 3 * time.Second, DelayGiven: true},
		"range":          {GracePeriod: time.Minute, Delay: time.Second, DelayMax: 15 * time.Second, DelayGiven: true},
		"idle":           {GracePeriod: time.Minute, Until: drain.UntilIdle},
		"range and idle": {GracePeriod: time.Minute, DelayMax: 15 * time.Second, DelayGiven: true, Until: drain.UntilIdle, UnreadyWithStop: true},
	} {
		plan, problems := s.Plan()
		if len(problems) > 0 {
			t.Fatalf("%s: %v", name, problems)
		}
		text := planText(config{Plan: plan})
		begun := drain.New(plan)
		begun.Step(t0, drain.StopRequest{Signal: 15})
		for when, rec := range map[string]drain.Record{"before the stop request": {}, "after it": begun.Record()} {
			stop := eventOf(timeline(plan, rec, nil), "stop_signal")
			if got := time.Duration(stop.After); got != plan.Latest() || !strings.Contains(text, short(got)+"  stop signal") {
				t.Errorf("%s, %s: stop signal after %v, want as here:\n%s", name, when, got, text)
			}
			unready := eventOf(timeline(plan, rec, nil), "unready")
			if got := time.Duration(unready.After); !strings.Contains(text, short(got)+"  readiness red") {
				t.Errorf("%s, %s: readiness red after %v, want as here:\n%s", name, when, got, text)
			}
			if !rec.T0.IsZero() && !stop.At.Equal(t0.Add(plan.Latest())) {
				t.Errorf("%s: stop signal at %v, want %v after %v", name, stop.At, plan.Latest(), t0)
			}
		}
	}
}

func eventOf(timeline []probe.Event, name string) probe.Event {
	for _, e := range timeline {
		if e.Event == name {
			return e
		}
	}
	return probe.Event{}
}
