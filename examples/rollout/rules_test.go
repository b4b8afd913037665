package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// scenario is the life of one replica, in times from its start.
type scenario struct {
	rule    rule
	lag     time.Duration
	ready   time.Duration // healthy from here
	stopped time.Duration // T0
	red     time.Duration // and no longer healthy from here
}

// enteredAndLeft plays it, with probes every 1s and a threshold of 2, and returns
// when the routes had the replica and when they no longer did.
func (s scenario) enteredAndLeft(t *testing.T) (entered, left time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		stopped := make(chan struct{})
		time.AfterFunc(s.stopped, func() { close(stopped) })
		var table routes
		m := member{
			addr: "a", stopped: stopped, entered: make(chan struct{}), left: make(chan struct{}),
			healthy: func(context.Context) bool {
				at := time.Since(began)
				return at >= s.ready && at < s.red
			},
		}
		c := cell{rule: s.rule, lag: s.lag, probeInterval: time.Second, probeThreshold: 2}
		go c.follow(t.Context(), &table, m)
		<-m.entered
		entered = time.Since(began)
		if addr, err := table.pick(); addr != "a" {
			t.Errorf("pick after entering: %q, %v, want a", addr, err)
		}
		<-m.left
		left = time.Since(began)
		if addr, err := table.pick(); err == nil {
			t.Errorf("pick after leaving: %q, want none", addr)
		}
	})
	return entered, left
}

func TestRulesAtTheirInstants(t *testing.T) {
	const never = time.Hour
	tests := []struct {
		name          string
		scenario      scenario
		entered, left time.Duration
	}{
		{"stop: lag after ready, lag after T0, whatever the probes say",
			scenario{rule: byStop, lag: time.Second, ready: 2 * time.Second, stopped: 10 * time.Second, red: never},
			3 * time.Second, 11 * time.Second},
		{"stop: no lag",
			scenario{rule: byStop, ready: 0, stopped: 10 * time.Second, red: never},
			0, 10 * time.Second},
		{"stop: red long before T0 changes nothing",
			scenario{rule: byStop, ready: 0, stopped: 10 * time.Second, red: 5 * time.Second},
			0, 10 * time.Second},
		// Probes at 0, 1, 2 (good), 3 (good: believed), table at 4; red at 10.5 is
		// seen at 11 and 12, table at 13.
		{"probe: two answers and the lag, both ways",
			scenario{rule: byProbe, lag: time.Second, ready: 2 * time.Second, stopped: 10 * time.Second, red: 10500 * time.Millisecond},
			4 * time.Second, 13 * time.Second},
		// The stop itself says nothing to this balancer: 30, 31.
		{"probe: red long after T0",
			scenario{rule: byProbe, ready: 0, stopped: 10 * time.Second, red: 30 * time.Second},
			time.Second, 31 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			entered, left := tt.scenario.enteredAndLeft(t)
			if entered != tt.entered || left != tt.left {
				t.Errorf("in the routes from %v to %v, want %v to %v", entered, left, tt.entered, tt.left)
			}
		})
	}
}

// A replica that fails its probes without a stop comes back, and one bad answer
// is not believed.
func TestProbesFlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []bool{true, true, false, true, false, false, true, true, true}
		asked := 0
		m := member{
			addr: "a", stopped: make(chan struct{}), entered: make(chan struct{}), left: make(chan struct{}),
			healthy: func(context.Context) bool {
				asked++
				return answers[min(asked, len(answers))-1]
			},
		}
		var table routes
		go followProbes(t.Context(), &table, m, time.Second, 2, 0)
		want := []bool{false, true, true, true, true, false, false, true, true}
		time.Sleep(time.Millisecond)
		for i, in := range want {
			if _, err := table.pick(); (err == nil) != in {
				t.Errorf("after answer %d (%t): in the routes %t, want %t", i, answers[i], err == nil, in)
			}
			time.Sleep(time.Second)
		}
		if isClosed(m.left) {
			t.Error("left for good, want not: nobody stopped it")
		}
	})
}
