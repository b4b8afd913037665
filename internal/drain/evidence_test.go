package drain

import (
	"testing"
	"time"
)

// looking returns a machine that waits for evidence, with its first look under
// way, at T0.
func looking(t *testing.T, s Settings) (*Machine, time.Time) {
	t.Helper()
	plan, problems := s.Plan()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, t0 := New(plan), time.Unix(0, 0)
	looks := 0
	for _, a := range append(m.Step(t0, StopRequest{Signal: 15}), m.Step(t0, Facts{})...) {
		if _, ok := a.(Look); ok {
			looks++
		}
	}
	if looks != 1 {
		t.Fatalf("%d looks at the stop request, want one", looks)
	}
	return m, t0
}

func busyLook(took time.Duration) Observed {
	return Observed{Known: true, Connections: Connections{InFlight: 1}, Took: took}
}

// The dearer a look, the longer until the next.
func TestLooksAreSpacedByWhatTheyTake(t *testing.T) {
	for _, tt := range []struct{ took, want time.Duration }{
		{0, 250 * time.Millisecond},
		{400 * time.Microsecond, 250 * time.Millisecond},
		{12500 * time.Microsecond, 250 * time.Millisecond},
		{20 * time.Millisecond, 400 * time.Millisecond},
		{84 * time.Millisecond, 1680 * time.Millisecond},
		{100 * time.Millisecond, 2 * time.Second},
		{time.Hour, 2 * time.Second},
		{1<<63 - 1, 2 * time.Second},
	} {
		m, t0 := looking(t, Settings{GracePeriod: time.Hour, Until: UntilIdle, Delay: 30 * time.Minute, DelayGiven: true})
		m.hold.progress = t0.Add(time.Hour)
		now := t0.Add(3 * time.Second)
		m.Step(now, busyLook(tt.took))
		if due, ok := m.Wake(); !ok || due.Sub(now) != tt.want {
			t.Errorf("a look that took %v: the next %v later, want %v", tt.took, due.Sub(now), tt.want)
		}
	}
}

// One look at a time, and an answer nobody waits for changes nothing.
func TestOneLookAtATime(t *testing.T) {
	m, t0 := looking(t, Settings{GracePeriod: 30 * time.Second, Until: UntilIdle, DelayGiven: true})
	for now := t0; now.Before(t0.Add(20 * time.Second)); now = now.Add(time.Second) {
		for _, a := range m.Step(now, Woken{}) {
			if _, ok := a.(Look); ok {
				t.Fatal("a second look before the first was answered")
			}
		}
	}
	now := t0.Add(20 * time.Second)
	m.Step(now, busyLook(0))
	if todo := m.Step(now, Observed{Known: true}); len(todo) > 0 || m.Record().Last.InFlight != 1 {
		t.Errorf("an answer without a question: %v, record %+v", todo, m.Record().Last)
	}
}

// What is waited for, over the whole of what a look can show.
func TestHoldsUp(t *testing.T) {
	for i := range 16 {
		c := Connections{InFlight: i & 1, Idle: i >> 1 & 1, Undecided: i >> 2 & 1, Unaccepted: i >> 3 & 1}
		for until, want := range map[Until]bool{
			UntilDelay:  false,
			UntilIdle:   c.InFlight+c.Undecided+c.Unaccepted > 0,
			UntilClosed: i > 0,
		} {
			if got := until.holdsUp(c); got != want {
				t.Errorf("until %v: %+v holds up %v, want %v", until, c, got, want)
			}
		}
	}
}

func TestConnectionsInWords(t *testing.T) {
	for want, c := range map[string]Connections{
		"no connections":      {},
		"1 idle connection":   {Idle: 1},
		"1 request in flight": {InFlight: 1},
		"2 requests in flight, 1 connection undecided, 3 connections not accepted, 41 idle connections": {2, 41, 1, 3, ""},
		"1 idle connection, the program is busy by x (status 503)":                                      {Idle: 1, Program: "the program is busy by x (status 503)"},
	} {
		if got := c.String(); got != want {
			t.Errorf("%+v reads %q, want %q", c, got, want)
		}
	}
}

// What was counted stays, and without a stop request there is nothing to count.
func TestCounted(t *testing.T) {
	for _, tt := range []struct {
		name   string
		events []any // or what was counted
		want   Cut
	}{
		{"nothing is known", []any{StopRequest{Signal: 15}, ChildExited{}}, Cut{}},
		{"counted", []any{StopRequest{Signal: 15}, Cut{Known: true, Least: 1, Most: 3}, ChildExited{}}, Cut{Known: true, Least: 1, Most: 3}},
		{"after the end", []any{StopRequest{Signal: 15}, ChildExited{}, Cut{Known: true, Least: 2, Most: 2}}, Cut{Known: true, Least: 2, Most: 2}},
		{"again, and not known any more", []any{StopRequest{Signal: 15}, Cut{Known: true, Least: 1, Most: 1}, Cut{}}, Cut{Known: true, Least: 1, Most: 1}},
		{"no stop was asked for", []any{Cut{Known: true, Least: 1, Most: 1}, ChildExited{}}, Cut{}},
	} {
		m := New(Plan{})
		for _, e := range tt.events {
			if cut, ok := e.(Cut); ok {
				m.Count(cut)
				continue
			}
			m.Step(time.Unix(9, 0), e.(Event))
		}
		if got := m.Record().Cut; got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// Where looking again is of no use, nobody does, but for the one that decides.
func TestSettled(t *testing.T) {
	for _, known := range []bool{true, false} {
		m, t0 := looking(t, Settings{GracePeriod: 30 * time.Second, Until: UntilIdle, Delay: 4 * time.Second, DelayGiven: true})
		m.Step(t0, Observed{Known: known, Settled: true})
		looks := 0
		for due, ok := m.Wake(); ok && m.State() == Draining; due, ok = m.Wake() {
			for _, a := range m.Step(due, Woken{}) {
				if _, ok := a.(Look); ok {
					looks++
					m.Step(due, Observed{Known: known, Settled: true})
				}
			}
		}
		want := map[bool]time.Duration{true: 4 * time.Second, false: 23 * time.Second}[known]
		if got := m.Record().StopAt.Sub(t0); looks != 1 || got != want {
			t.Errorf("known %v: %d more looks, stop signal after %v; want 1, %v", known, looks, got, want)
		}
	}
}
