package drain

import (
	"testing"
	"time"
)

// TestAskedAfterHangup: a hangup does not come twice, so the first signal behind it, which
// is no second request, is the one that asks again when it comes again.
func TestAskedAfterHangup(t *testing.T) {
	t0 := time.Unix(0, 0)
	for _, sig := range []Signal{3, 15} {
		plan, _ := Settings{GracePeriod: time.Hour, Delay: time.Minute, DelayGiven: true}.Plan()
		m := New(plan)
		m.Step(t0, StopRequest{Signal: Hangup})
		m.Step(t0, Facts{})
		for i, want := range []State{Draining, Stopping} {
			if m.Step(t0.Add(time.Duration(i+1)*10*time.Second), StopRequest{Signal: sig}); m.State() != want {
				t.Errorf("signal %d, %d times: got %v, want %v", sig, i+1, m.State(), want)
			}
		}
	}
	plan, _ := Settings{GracePeriod: time.Hour, Delay: time.Second, DelayGiven: true, StopSignalGiven: true, Schedule: []time.Duration{time.Minute}}.Plan()
	m := New(plan)
	m.Step(t0, StopRequest{Signal: Hangup})
	m.Step(t0, Facts{})
	m.Step(t0.Add(2*time.Second), Woken{})
	for i, want := range []int{1, 2} {
		if m.Step(t0.Add(time.Duration(i+1)*10*time.Second), StopRequest{Signal: 15}); len(m.rec.Steps) != want {
			t.Errorf("after the stop signal, %d times: got %d signals, want %d", i+1, len(m.rec.Steps), want)
		}
	}
}

// TestHangupInSweep: the end of standard input, which may be seen late, takes no time from
// what a program that ended by itself has left behind.
func TestHangupInSweep(t *testing.T) {
	m, now := inState(t, Sweeping)
	if m.Step(now.Add(time.Second), StopRequest{Signal: Hangup}); m.State() != Sweeping {
		t.Errorf("got %v, want %v", m.State(), Sweeping)
	}
}

// TestHangupAfterPeer: a hangup in a stop that a peer's end began does not take the place of
// who asks.
func TestHangupAfterPeer(t *testing.T) {
	t0 := time.Unix(0, 0)
	plan, _ := Settings{GracePeriod: time.Hour, Delay: time.Minute, DelayGiven: true}.Plan()
	m := New(plan)
	m.Step(t0, StopRequest{})
	m.Step(t0, Facts{})
	for i, sig := range []Signal{Hangup, 15, 15} {
		m.Step(t0.Add(time.Duration(i+1)*time.Second), StopRequest{Signal: sig})
	}
	if m.State() != Stopping {
		t.Errorf("got %v, want %v", m.State(), Stopping)
	}
}
