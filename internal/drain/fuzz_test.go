package drain

import (
	"slices"
	"testing"
	"time"
)

// FuzzMachine drives a machine with any settings and events and checks what
// must hold in every life.
func FuzzMachine(f *testing.F) {
	f.Add(uint8(30), uint8(5), uint8(0), uint8(0), uint8(2), uint8(0), uint8(0), uint8(0), uint8(0), []byte{0, 10, 60, 2, 200, 3})
	f.Add(uint8(0), uint8(0), uint8(0), uint8(5), uint8(0), uint8(1), uint8(0), uint8(0), uint8(0x25), []byte{0, 0, 0, 1, 250, 2, 250, 5})
	f.Add(uint8(10), uint8(200), uint8(0), uint8(3), uint8(60), uint8(3), uint8(0), uint8(0), uint8(0x25), []byte{0, 255, 1, 255, 4, 255, 5, 255})
	f.Add(uint8(30), uint8(1), uint8(0), uint8(0), uint8(2), uint8(1), uint8(1|8), uint8(0), uint8(0x25), []byte{0, 1, 6, 20, 14, 20, 6, 20, 6, 20})
	f.Add(uint8(60), uint8(1), uint8(14), uint8(0), uint8(2), uint8(1), uint8(0|4|8), uint8(0), uint8(0x25), []byte{0, 1, 30, 5, 38, 5, 6, 5, 6, 30})
	f.Add(uint8(30), uint8(5), uint8(0), uint8(0), uint8(2), uint8(0), uint8(0), uint8(2|1<<2), uint8(0x25), []byte{0, 10, 24, 60, 40, 60, 2, 200, 3})
	f.Add(uint8(60), uint8(1), uint8(0), uint8(0), uint8(2), uint8(1), uint8(1|8), uint8(2|2<<2), uint8(0x25), []byte{0, 1, 24, 20, 25, 20, 15, 90, 9, 90})
	f.Add(uint8(60), uint8(5), uint8(0), uint8(0), uint8(2), uint8(1), uint8(64|8), uint8(0), uint8(0), []byte{0, 10, 6, 60, 168, 10, 3, 5, 136, 5})
	f.Add(uint8(60), uint8(5), uint8(0), uint8(0), uint8(2), uint8(1|4), uint8(64|8), uint8(2|1<<2), uint8(0), []byte{136, 10, 0, 60, 11, 10, 4, 5})
	f.Add(uint8(20), uint8(5), uint8(0), uint8(0), uint8(2), uint8(0), uint8(4), uint8(0), uint8(0), []byte{0, 10, 5, 170, 5, 200})
	f.Add(uint8(0x60), uint8(0x0b), uint8(0x0e), uint8(0x75), uint8(0x8e), uint8(0), uint8(0x0c), uint8(0x50), uint8(5), []byte("20!0\"0"))
	f.Fuzz(func(t *testing.T, grace, delay, more, deadline, sweep, flags, evidence, order, schedule uint8, events []byte) {
		names := []string{"a", "b", "c", "d"}
		var waits []time.Duration
		for _, wait := range []uint8{schedule >> 4, schedule & 15} {
			if wait > 0 {
				waits = append(waits, time.Duration(wait)*time.Second)
			}
		}
		plan, _ := Settings{
			StopSignalGiven: waits != nil,
			Schedule:        waits,
			AtDrain:         evidence&16 != 0,
			AtStop:          evidence&32 != 0,
			GracePeriod:     time.Duration(grace) * time.Second,
			Delay:           time.Duration(delay) * time.Second,
			DelayGiven:      flags&1 != 0,
			Deadline:        time.Duration(deadline) * time.Second,
			DeadlineOff:     flags&2 != 0,
			Sweep:           time.Duration(sweep) * time.Second,
			UnreadyAfter:    time.Duration(flags>>4) * time.Second,
			UnreadyWithStop: flags&4 != 0,
			Kubernetes:      flags&8 != 0,
			DelayMax:        time.Duration(int(more>>4)*(int(delay)+int(more))) * time.Second,
			Until:           Until(evidence & 3 % 3),
			Front:           evidence&64 != 0,
			LongLived:       Stay{For: time.Duration(more&15) * time.Second, Given: evidence&128 != 0, Off: order&128 != 0},
			Name:            names[order>>2&3],
			Order:           names[:max(order&3, order>>2&3)+min(order, 1)],
		}.Plan()
		m := New(plan)
		c := checker{t: t, plan: plan, punctual: evidence&4 == 0}
		now := time.Unix(0, 0)
		for i := 0; i+1 < len(events); i += 2 {
			m.Count(Cut{Known: events[i]&1 != 0, Most: int(events[i] >> 6)})
			then := now.Add(time.Duration(events[i+1]) * 100 * time.Millisecond)
			for evidence&4 == 0 { // woken when it wants to be, and not late
				due, ok := m.Wake()
				if !ok || due.After(then) {
					break
				}
				now = due
				c.check(m, now, m.Step(now, Woken{}))
				if evidence&8 != 0 && c.looking { // every look is answered at once
					c.check(m, now, m.Step(now, fuzzLook(events[i])))
				}
			}
			now = then
			e := fuzzEvent(events[i])
			if stop, ok := e.(StopRequest); ok && evidence&4 != 0 { // it took a while to tell
				stop.At = now.Add(-min(now.Sub(time.Unix(0, 0)), time.Duration(events[i]>>4)*20*time.Millisecond))
				e = stop
			}
			c.check(m, now, m.Step(now, e))
		}
		c.punctual = false
		// Whatever happened: with time alone and the child's end it ends.
		for range 20 {
			now = now.Add(time.Hour)
			c.check(m, now, m.Step(now, ChildExited{}))
			c.check(m, now, m.Step(now, ProgramGone{}))
		}
		if m.State() != Exited {
			t.Errorf("ended %v, want exited", m.State())
		}
	})
}

func fuzzEvent(b byte) Event {
	switch b % 10 {
	case 9:
		return ActionsDone{}
	case 7:
		return PeerSeen{Name: string('a' + rune(b>>3&3)), Peer: Peer(b >> 5 & 3)}
	case 8:
		return []Event{OrderOff{"x"}, OrderOn{}, PeerLeft{"z", int(b)}, Woken{},
			FrontGone{Status: int(b), Cut: Cut{Known: true}}, FrontIdle{}, FrontGone{Status: int(b)}, FrontIdle{}}[b>>5]
	case 6:
		return fuzzLook(b)
	case 0:
		return StopRequest{Signal: 15, Checks: Checks{Configured: b&64 != 0, Asked: b&128 != 0}}
	case 5:
		if b&8 != 0 {
			return Facts{Listening: Answer(b / 7 % 3), ArrivalRate: float64(b)}
		}
	case 1:
		return StopRequest{Signal: 3}
	case 2:
		return OtherSignal{1}
	case 3:
		e := ChildExited{Status: int(b), Left: b&40 != 0, Serves: b&32 != 0}
		if b&16 != 0 {
			e.Clean = new(int)
		}
		return e
	case 4:
		return []Event{NothingLeft{}, NothingLeft{}, ProgramGone{Left: b&8 != 0}, ProgramGone{}}[b>>6]
	}
	return Woken{}
}

// fuzzLook is the answer to a look, whether or not there was one.
func fuzzLook(b byte) Observed {
	return Observed{
		Known:       b&128 == 0,
		Settled:     b&129 == 129,
		Connections: Connections{InFlight: int(b >> 3 & 1), Idle: int(b >> 4 & 1), Undecided: int(b >> 5 & 1), Unaccepted: int(b >> 6 & 1)},
		Arrived:     int(b&4) * 100,
		Quiet:       time.Duration(b&16) * time.Second,
		Took:        time.Duration(b) * time.Duration(b) * time.Millisecond,
	}
}

// checker remembers what may happen only once, or only before something else.
type checker struct {
	t                                *testing.T
	plan                             Plan
	state                            State
	punctual                         bool // it is woken when it wants to be
	looking                          bool // a look was asked for and not answered
	asks                             int
	exits, reds, kills, sweeps, stop int
	leaves                           int
	front                            []FrontDeed // that it was told
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
		case Ask:
			c.asks++
		case Look:
			if m.question.asking {
				c.t.Error("look before there was time to ask")
			}
			if c.punctual && m.State() != Draining && m.State() != Stopping {
				c.t.Errorf("look in %v", m.State())
			}
		case Exit:
			c.exits++
		case Unready:
			c.reds++
		case Kill:
			c.kills++
			if c.plan.Deadline == 0 || now.Before(m.Record().T0.Add(c.plan.Deadline)) {
				c.t.Errorf("SIGKILL before a limit that somebody gave")
			}
			if m.Record().StopWhy != "" && c.stop == 0 {
				c.t.Error("SIGKILL for a program whose stop signal was due and not sent")
			}
		case Sweep:
			c.sweeps++
		case KillLeftovers:
			since := now.Sub(m.Record().ProgramEndAt)
			if since < min(AgainAfter, c.plan.Sweep) && (c.plan.Deadline == 0 || now.Before(m.Record().T0.Add(c.plan.Deadline))) {
				c.t.Errorf("leftovers killed %v after the child's end, at no limit and for an echo", since)
			}
		case Front:
			c.checkFront(m, a.Do)
		case Leave:
			c.checkLeave(m, now, a.Within)
		case StopSignal:
			if m.childGone() && !m.sweep.serves {
				c.t.Error("stop signal to a child that has gone")
			}
			if c.plan.Front && !m.front.gone && !slices.Contains(c.front, FrontClose) {
				c.t.Error("stop signal sent while the front takes clients in")
			}
			if c.plan.Front && !m.front.gone && !c.plan.LongLived.Off && !m.front.left {
				c.t.Error("stop signal sent while clients may stay")
			}
			if a.Step != c.stop {
				c.t.Errorf("stop signal %d, want step %d: skipped or sent twice", a.Step, c.stop)
			}
			c.stop++
			if c.stop > len(c.plan.Next)+1 {
				c.t.Errorf("stop signal %d of a schedule of %d", a.Step, len(c.plan.Next)+1)
			}
			if steps := m.Record().Steps; a.Step == 1 && steps[1].Equal(steps[0]) {
				c.t.Error("the second signal together with the stop signal")
			}
			if !m.hold.unready {
				c.t.Error("stop signal sent while ready")
			}
			c.checkStop(m.Record())
			if m.peers.off == "" {
				c.checkPeers(m.Record())
			}
		}
	}
	c.looking = m.wait.looking
	if c.asks > 1 || m.question.asking && (m.State() != Draining || now.Sub(m.Record().T0) >= askWithin) {
		c.t.Errorf("asked %d times; still asking %v after T0, %v", c.asks, now.Sub(m.Record().T0), m.State())
	}
	if m.State() >= Draining && !m.Record().T0.IsZero() && !c.plan.UnreadyWithStop && c.plan.UnreadyAfter == 0 && !m.hold.unready {
		c.t.Errorf("ready after the stop request")
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

// checkFront: it is told each thing once and in order; nobody is sent to one
// that takes nothing new in; and it is not ended while the program lives.
func (c *checker) checkFront(m *Machine, told FrontDeed) {
	if !c.plan.Front {
		c.t.Errorf("told %v to a front that is not there", told)
	}
	if len(c.front) > 0 && told <= c.front[len(c.front)-1] {
		c.t.Errorf("front told %v after %v", told, c.front)
	}
	if told == FrontClose && !m.hold.unready {
		c.t.Error("front closed while ready")
	}
	if told == FrontEnd && m.Record().ProgramEndAt.IsZero() {
		c.t.Error("front ended while the child lives")
	}
	c.front = append(c.front, told)
}

// checkLeave: nobody leaves a front that is not there, or who is to stay, and a time to leave
// in ends before the stop signal.
func (c *checker) checkLeave(m *Machine, now time.Time, within time.Duration) {
	if !c.plan.Front || m.front.gone || c.plan.LongLived.Off {
		c.t.Error("told to leave where nobody does")
	}
	if c.leaves > 0 && within > 0 || c.leaves > 1 {
		c.t.Errorf("told to leave within %v after %d times", within, c.leaves)
	}
	if longest := c.plan.Longest(); !c.plan.LongLived.Given && now.Add(within).After(m.Record().T0.Add(longest)) && within > 0 {
		c.t.Errorf("leave within %v, which is after the hold of %v", within, longest)
	}
	c.leaves++
}

// checkStop holds the instant of the stop signal against what was told: evidence
// only ever delays it, up to the reserve, and ends a range early, after MIN.
func (c *checker) checkStop(rec Record) {
	after := rec.StopAt.Sub(rec.T0)
	if rec.StopWhy == "asked again" {
		return
	}
	skipped := rec.Hold == 0 || rec.ExitWith != ""
	if !skipped && after < c.plan.Delay {
		c.t.Errorf("stop signal %v after the stop request (%s), before the delay of %v", after, rec.StopWhy, c.plan.Delay)
	}
	latest := c.plan.Latest()
	if rec.HoldRule != c.plan.DelayRule {
		latest = c.plan.PeersLatest() // nothing else to hold for
	}
	if c.punctual && after > latest+c.plan.ActionTime {
		c.t.Errorf("stop signal %v after the stop request (%s), later than %v", after, rec.StopWhy, latest)
	}
	if c.plan.Deadline > 0 && c.plan.Until != UntilDelay && c.punctual && after > max(c.plan.Longest(), c.plan.Deadline-c.plan.Reserve)+c.plan.ActionTime {
		c.t.Errorf("stop signal %v after the stop request, in the reserve of %v before %v", after, c.plan.Reserve, c.plan.Deadline)
	}
}

// checkPeers: while one before this one is being stopped the stop signal is
// held, and as long as one may yet be asked to stop; but never after what there
// is to wait. One that was taken to stay does not begin the waiting anew.
func (c *checker) checkPeers(rec Record) {
	after := rec.StopAt.Sub(rec.T0)
	if rec.StopWhy == "asked again" || after >= c.plan.PeersLatest() {
		return
	}
	for _, one := range rec.Peers {
		stayed := !rec.DelayOverAt.IsZero() && rec.DelayOverAt.Sub(rec.T0) >= stayAfter
		if one.Peer == PeerStopping && !stayed || one.Peer < PeerStopping && after < stayAfter {
			c.t.Errorf("stop signal %v after the stop request (%s), before %v", after, rec.StopWhy, one)
		}
	}
}
