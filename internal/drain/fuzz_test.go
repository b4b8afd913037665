package drain

import (
	"testing"
	"time"
)

// FuzzMachine drives a machine with any settings and events and checks what
// must hold in every life.
func FuzzMachine(f *testing.F) {
	f.Add(uint8(30), uint8(5), uint8(0), uint8(2), uint8(0), []byte{0, 10, 60, 2, 200, 3})
	f.Add(uint8(0), uint8(0), uint8(5), uint8(0), uint8(1), []byte{0, 0, 0, 1, 250, 2, 250, 5})
	f.Add(uint8(10), uint8(200), uint8(3), uint8(60), uint8(3), []byte{0, 255, 1, 255, 4, 255, 5, 255})
	f.Fuzz(func(t *testing.T, grace, delay, deadline, sweep, flags uint8, events []byte) {
		plan, _ := Settings{
			GracePeriod:     time.Duration(grace) * time.Second,
			Delay:           time.Duration(delay) * time.Second,
			DelayGiven:      flags&1 != 0,
			Deadline:        time.Duration(deadline) * time.Second,
			DeadlineOff:     flags&2 != 0,
			Sweep:           time.Duration(sweep) * time.Second,
			UnreadyAfter:    time.Duration(flags>>4) * time.Second,
			UnreadyWithStop: flags&4 != 0,
			Kubernetes:      flags&8 != 0,
		}.Plan()
		m := New(plan)
		c := checker{t: t, plan: plan}
		now := time.Unix(0, 0)
		for i := 0; i+1 < len(events); i += 2 {
			now = now.Add(time.Duration(events[i+1]) * 100 * time.Millisecond)
			c.check(m, now, m.Step(now, fuzzEvent(events[i])))
		}
		// Whatever happened: with time alone and the child's end it ends.
		for range 20 {
			now = now.Add(time.Hour)
			c.check(m, now, m.Step(now, ChildExited{}))
		}
		if m.State() != Exited {
			t.Errorf("ended %v, want exited", m.State())
		}
	})
}

func fuzzEvent(b byte) Event {
	switch b % 6 {
	case 0:
		return StopRequest{Signal: 15, Facts: Facts{CheckConfigured: b&64 != 0, CheckAsked: b&128 != 0, Listening: Answer(b / 6 % 3)}}
	case 1:
		return StopRequest{Signal: 3}
	case 2:
		return OtherSignal{1}
	case 3:
		return ChildExited{Status: int(b), Left: b&8 != 0}
	case 4:
		return NothingLeft{}
	}
	return Woken{}
}

// checker remembers what may happen only once, or only before something else.
type checker struct {
	t                                *testing.T
	plan                             Plan
	state                            State
	exits, reds, kills, sweeps, stop int
}

func (c *checker) check(m *Machine, now time.Time, todo []Action) {
	c.t.Helper()
	if m.State() < c.state {
		c.t.Errorf("went backwards from %v to %v", c.state, m.State())
	}
	c.state = m.State()
	for _, a := range todo {
		if c.exits > 0 {
			c.t.Errorf("%T after the exit", a)
		}
		switch a := a.(type) {
		case Exit:
			c.exits++
		case Unready:
			c.reds++
		case Kill:
			c.kills++
			if c.plan.Deadline == 0 || now.Before(m.Record().T0.Add(c.plan.Deadline)) {
				c.t.Errorf("SIGKILL before a limit that somebody gave")
			}
		case Sweep:
			c.sweeps++
		case StopSignal:
			if a.Step != c.stop {
				c.t.Errorf("stop signal %d, want step %d: skipped or sent twice", a.Step, c.stop)
			}
			c.stop++
			if !m.unready {
				c.t.Error("stop signal sent while ready")
			}
		}
	}
	if c.exits > 1 || c.reds > 1 || c.kills > 1 || c.sweeps > 1 {
		c.t.Errorf("exits %d, turned red %d, killed %d, swept %d times: once at most", c.exits, c.reds, c.kills, c.sweeps)
	}
	if at, ok := m.Wake(); ok && !at.After(now) {
		c.t.Errorf("still wants to be woken at %v, which is not after %v", at, now)
	}
	if _, ok := m.Wake(); ok && m.State() == Exited {
		c.t.Error("wants to be woken after the exit")
	}
}
