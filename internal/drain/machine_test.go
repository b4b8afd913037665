package drain

import (
	"slices"
	"testing"
	"time"
)

// inState returns a machine in the state, with T0 (where there is one) an hour
// ago and a grace period that has not run out.
func inState(t *testing.T, s State) (*Machine, time.Time) {
	t.Helper()
	t0 := time.Unix(0, 0)
	plan, problems := Settings{GracePeriod: 4 * time.Hour, Delay: 2 * time.Hour, DelayGiven: true, Sweep: time.Minute}.Plan()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m := New(plan)
	now := t0.Add(time.Hour)
	switch s {
	case Draining:
		m.Step(t0, StopRequest{Signal: 15})
		m.Step(t0, Facts{})
	case Stopping:
		m.Step(t0, StopRequest{Signal: 15})
		m.Step(t0.Add(time.Second), StopRequest{Signal: 15})
	case Killing:
		m.Step(t0, StopRequest{Signal: 15})
		now = t0.Add(plan.Deadline)
		m.Step(now, Woken{})
	case Sweeping:
		m.Step(now, ChildExited{Status: 3, Left: true})
		now = now.Add(AgainAfter)
	case Exited:
		m.Step(now, ChildExited{Status: 3})
	}
	if m.State() != s {
		t.Fatalf("setup: machine is %v, want %v", m.State(), s)
	}
	return m, now
}

// TestTransitionTable is total: every event in every state.
func TestTransitionTable(t *testing.T) {
	const until = 24 * time.Hour // far past every alarm
	table := []struct {
		event string
		e     Event
		late  time.Duration
		want  map[State]State // absent: stays
	}{
		{"the same stop request", StopRequest{Signal: 15}, 0, map[State]State{
			Running: Draining, Draining: Stopping, Sweeping: Exited}},
		{"a different stop request", StopRequest{Signal: 3}, 0, map[State]State{
			Running: Draining, Sweeping: Exited}},
		{"another signal", OtherSignal{1}, 0, nil},
		{"child exits, leftovers", ChildExited{Status: 3, Left: true}, 0, map[State]State{
			Running: Sweeping, Draining: Sweeping, Stopping: Sweeping}},
		{"child exits, nothing left", ChildExited{Status: 3}, 0, map[State]State{
			Running: Exited, Draining: Exited, Stopping: Exited, Killing: Exited}},
		{"child exits, and what it leaves serves", ChildExited{Status: 3, Left: true, Serves: true}, 0, map[State]State{
			Running: Sweeping}},
		{"what served has gone, but nothing did", ProgramGone{}, 0, nil},
		{"nothing left", NothingLeft{}, 0, map[State]State{Sweeping: Exited}},
		{"an answer that was not asked for", Facts{Listening: No}, 0, nil},
		{"an answer to no look", Observed{Known: true}, 0, nil},
		{"woken early", Woken{}, 0, nil},
		{"woken late", Woken{}, until, map[State]State{
			Draining: Killing, Stopping: Killing, Killing: Exited, Sweeping: Exited}},
	}
	for _, row := range table {
		for s := Running; s <= Exited; s++ {
			m, now := inState(t, s)
			m.Step(now.Add(row.late), row.e)
			want, ok := row.want[s]
			if !ok {
				want = s
			}
			if got := m.State(); got != want {
				t.Errorf("%s in %v: got %v, want %v", row.event, s, got, want)
			}
		}
	}
}

func TestForwardsUntilKilling(t *testing.T) {
	for s := Running; s <= Exited; s++ {
		m, now := inState(t, s)
		got := m.Step(now, OtherSignal{1})
		if len(got) > 0 {
			if _, ok := got[0].(Progress); ok { // an hour has passed since T0
				got = got[1:]
			}
		}
		want := []Action{}
		if s <= Stopping {
			want = []Action{Forward{1}}
		}
		if !slices.Equal(got, want) {
			t.Errorf("another signal in %v: got %v, want %v", s, got, want)
		}
	}
}

func TestStatusIsTheChilds(t *testing.T) {
	for status := range 256 {
		m := New(Plan{})
		got := m.Step(time.Unix(0, 0), ChildExited{Status: status})
		if want := (Exit{status}); got[len(got)-1] != want {
			t.Errorf("child exits %d: got %v, want %v", status, got, want)
		}
	}
}

func TestPlan(t *testing.T) {
	s := time.Second
	for _, c := range []struct {
		name     string
		settings Settings
		delay    time.Duration
		deadline time.Duration
		problems int
	}{
		{"nothing", Settings{}, 0, 0, 0},
		{"kubernetes", Settings{Kubernetes: true}, 5 * s, 0, 0},
		{"kubernetes, short deadline", Settings{Kubernetes: true, Deadline: 8 * s}, 2 * s, 8 * s, 0},
		{"grace 30", Settings{GracePeriod: 30 * s}, 5 * s, 28 * s, 0},
		{"grace 20", Settings{GracePeriod: 20 * s}, 5 * s, 18 * s, 0},
		{"grace 10", Settings{GracePeriod: 10 * s}, 2500 * time.Millisecond, 8 * s, 0},
		{"grace 5", Settings{GracePeriod: 5 * s}, 1250 * time.Millisecond, 4 * s, 0},
		{"deadline off", Settings{GracePeriod: 30 * s, DeadlineOff: true}, 5 * s, 0, 0},
		{"deadline alone", Settings{Deadline: 30 * s}, 0, 30 * s, 0},
		{"delay alone", Settings{Delay: 40 * s, DelayGiven: true}, 40 * s, 0, 0},
		{"delay of nothing under kubernetes", Settings{Kubernetes: true, DelayGiven: true}, 0, 0, 0},
		{"delay that just fits", Settings{GracePeriod: 30 * s, Delay: 23 * s, DelayGiven: true}, 23 * s, 28 * s, 0},
		{"delay that does not fit", Settings{GracePeriod: 30 * s, Delay: 24 * s, DelayGiven: true}, 24 * s, 28 * s, 1},
		{"delay at the deadline", Settings{Deadline: 5 * s, Delay: 5 * s, DelayGiven: true}, 5 * s, 5 * s, 1},
		{"delay just under the deadline", Settings{Deadline: 5 * s, Delay: 4 * s, DelayGiven: true}, 4 * s, 5 * s, 0},
		{"deadline at the grace period", Settings{GracePeriod: 30 * s, Deadline: 30 * s}, 5 * s, 30 * s, 1},
		{"both wrong", Settings{GracePeriod: 30 * s, Deadline: 40 * s, Delay: 50 * s, DelayGiven: true}, 50 * s, 40 * s, 2},
	} {
		p, problems := c.settings.Plan()
		if p.Delay != c.delay || p.Deadline != c.deadline || len(problems) != c.problems {
			t.Errorf("%s: got delay %v, deadline %v, problems %v; want %v, %v, %d of them",
				c.name, p.Delay, p.Deadline, problems, c.delay, c.deadline, c.problems)
		}
	}
}

// TestGraceForIsLeast checks that the remedy named is one, and no more than needed.
func TestGraceForIsLeast(t *testing.T) {
	for delay := time.Second; delay < 5*time.Minute; delay += 700 * time.Millisecond {
		g := Settings{Delay: delay, DelayGiven: true}.graceFor()
		fits := func(g time.Duration) bool {
			_, problems := Settings{GracePeriod: g, Delay: delay, DelayGiven: true}.Plan()
			return len(problems) == 0
		}
		if !fits(g) || fits(g-time.Second) {
			t.Fatalf("delay %v: grace period of %v is not the least whole second that fits", delay, g)
		}
	}
}
