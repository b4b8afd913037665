package supervisor

import (
	"fmt"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/logging"
	"drainit/internal/look"
	"drainit/internal/probe"
	"drainit/internal/share"
	"drainit/internal/signals"
)

// statusOf returns the function that the probe server asks for the state.
func (s *supervisor) statusOf(id probe.Identity, out *logging.Writer) func() probe.Status {
	shared := &share.Look[signals.Tree]{Look: func() signals.Tree { return s.host.tree(s.child.PID, look.Patience) }}
	front := s.front.proxy.StatusFunc()
	return func() probe.Status {
		tree := shared.Get()
		proxy := front()
		peers := peersOf(s.peers.Ask())
		s.mu.Lock()
		defer s.mu.Unlock()
		warned := out.Warnings.Counts()
		now, rec := time.Now(), s.machine.Record()
		target := s.stopTarget(tree)
		st := probe.Status{
			Version: id.Version, Name: id.Name, PID: id.PID, PIDNamespace: id.PIDNamespace,
			State:           s.machine.State().String(),
			Child:           s.childOf(target),
			Ready:           s.gate.Green(),
			ReadyAsked:      s.gate.History().Asked,
			WaitingFor:      s.machine.WaitingFor(now),
			WillSend:        s.willSend(target),
			Plan:            planOf(s.machine.Plan(), s.cfg),
			Timeline:        timeline(s.machine.Plan(), rec, target.Next),
			DeadlineHit:     !rec.KillAt.IsZero(),
			Connections:     connectionsOf(rec),
			Actions:         s.actions.done,
			Front:           proxy,
			StopOrder:       s.cfg.Settings.Order,
			Peers:           peers,
			Signals:         s.counts(),
			Reaped:          s.reaped,
			Leftovers:       s.leftovers,
			SignalsEndAt:    s.deafShell,
			Warnings:        logging.Sum(warned),
			Reasons:         warned,
			LogLinesDropped: uint64(out.Dropped.Load()),
		}
		if !rec.T0.IsZero() {
			st.StopRequest = &probe.StopRequest{
				Signal:     requestName(rec.Request),
				At:         rec.T0,
				SecondsAgo: now.Sub(rec.T0).Seconds(),
			}
		}
		return st
	}
}

// stopTarget is the program that got the stop signal, or that would by now.
func (s *supervisor) stopTarget(tree signals.Tree) signals.Target {
	if s.target.PID != 0 {
		return s.target
	}
	return s.cfg.StopSignal.Resolve(tree, s.request()).Program()
}

// childOf tells of the child, and of the program where that is another process.
func (s *supervisor) childOf(target signals.Target) probe.Child {
	c := probe.Child{PID: s.child.PID, Program: target.Name, ProgramPID: s.child.PID, Started: s.started}
	if target.PID > 0 {
		c.ProgramPID = target.PID
	}
	return c
}

// willSend is the next signal: the stop signal while it has not been sent, then
// what follows in its schedule, then SIGKILL.
func (s *supervisor) willSend(t signals.Target) probe.WillSend {
	plan := s.machine.Plan()
	switch s.machine.State() {
	case drain.Running, drain.Draining:
		if t.Signal == 0 {
			return probe.WillSend{}
		}
		return probe.WillSend{Signal: signals.Name(t.Signal), Why: t.Why}
	case drain.Stopping:
		if sent := len(s.machine.Record().Steps); sent <= min(len(plan.Next), len(t.Next)) {
			return probe.WillSend{Signal: signals.Name(t.Next[sent-1]), Why: nextWhy(plan.Next[sent-1])}
		}
		if plan.Deadline > 0 {
			return probe.WillSend{Signal: "SIGKILL", Why: "the deadline"}
		}
	}
	return probe.WillSend{}
}

// nextWhy says why a signal follows the stop signal.
func nextWhy(step drain.Step) string {
	if step.At > 0 {
		return "its fast stop, shortly before the deadline"
	}
	return "set by --stop-signal"
}

func planOf(p drain.Plan, cfg config.Config) probe.Plan {
	unready := p.UnreadyAfter.String()
	if p.UnreadyWithStop {
		unready = "stop"
	}
	return probe.Plan{
		DrainDelay:     probe.Duration(p.Delay),
		DrainDelayMax:  probe.Duration(p.Longest()),
		DrainDelayRule: p.DelayRule,
		DrainUntil:     p.Until.String(),
		Deadline:       probe.Limit(p.Deadline),
		GracePeriod:    probe.Limit(p.GracePeriod),
		Sweep:          probe.Duration(p.Sweep),
		UnreadyAfter:   unready,
		StopSignal:     cfg.StopSignal.String(),
		AtDrain:        config.Texts(cfg.AtDrain),
		AtStop:         config.Texts(cfg.AtStop),
	}
}

func connectionsOf(rec drain.Record) probe.Connections {
	c := probe.Connections{
		Latest:      counted(rec.Last),
		StopRequest: counted(rec.AtT0),
		StopSignal:  counted(rec.AtStop),
		Deadline:    counted(rec.AtDeadline),
	}
	if rec.Counted {
		c.Arrived = &rec.Arrived
	}
	if !rec.LastArrival.IsZero() {
		after := probe.Duration(rec.LastArrival.Sub(rec.T0))
		c.LastArrival = &after
	}
	switch cut := rec.Cut; {
	case cut.Known && cut.Least == cut.Most:
		c.RequestsCut = &cut.Most
	case cut.Known:
		c.RequestsCutAtMost = &cut.Most
	}
	return c
}

func counted(s drain.Seen) *probe.Counted {
	if !s.Known {
		return nil
	}
	return &probe.Counted{InFlight: s.InFlight, Idle: s.Idle, Undecided: s.Undecided, Unaccepted: s.Unaccepted, Program: s.Program}
}

// timeline lists what has happened, then what is planned: the stop signal at the
// latest instant it may have, as ctl plan shows it.
func timeline(p drain.Plan, rec drain.Record, next []signals.Signal) []probe.Event {
	t := timelineOf{t0: rec.T0}
	stop := rec.Latest
	if rec.T0.IsZero() {
		stop = p.Latest()
	}
	unready := min(p.UnreadyAfter, stop)
	if p.UnreadyWithStop {
		unready = stop
	}
	if p.Front { // nobody is sent to what takes nothing new in
		unready = min(unready, config.FrontCloses(p, rec))
	}
	over := !rec.ProgramEndAt.IsZero() || !rec.KillAt.IsZero()
	t.add("stop_request", rec.T0, 0, true, rec.HoldRule)
	t.add("at_drain", rec.ActedAtDrain, 0, !over && p.AtDrain, "")
	t.add("unready", rec.UnreadyAt, unready, true, "")
	t.add("front_closed", rec.FrontClosedAt, config.FrontCloses(p, rec), !over && p.Front, "")
	t.add("at_stop", rec.ActedAtStop, stop, !over && p.AtStop, "")
	t.add("stop_signal", rec.StopAt, stop, !over, stopDetail(p, rec))
	t.addNext(p, rec, stop, next, !over)
	t.add("sigkill", rec.KillAt, p.Deadline, !over && p.Deadline > 0, "")
	t.add("child_exit", rec.ChildExitAt, 0, false, "")
	t.add("exit", rec.ExitAt, 0, false, "")
	return t.events
}

// stopDetail says why the hold ended, or what may move its end.
func stopDetail(p drain.Plan, rec drain.Record) string {
	switch {
	case !rec.StopAt.IsZero():
		return rec.StopWhy
	case len(rec.WaitsFor) > 0 || rec.T0.IsZero() && len(p.Before) > 0:
		return fmt.Sprintf("or when %s gone, %v at most", config.AreAll(p.Before), p.Latest())
	case !rec.T0.IsZero() && rec.Latest == 0:
		return ""
	case p.Until != drain.UntilDelay:
		return fmt.Sprintf("at the latest; after the drain delay of %s, until %v", config.RangeText(p), p.Until)
	case p.DelayMax > 0:
		return fmt.Sprintf("at the latest; from %v on", p.Delay)
	}
	return ""
}

// timelineOf collects events in their order.
type timelineOf struct {
	t0     time.Time
	events []probe.Event
}

// addNext appends the signals that follow the stop signal. What counts from the
// one before is told as from the latest instant that one may be sent at.
func (t *timelineOf) addNext(p drain.Plan, rec drain.Record, stop time.Duration, next []signals.Signal, planned bool) {
	after := stop
	if !rec.StopAt.IsZero() {
		after = rec.StopAt.Sub(rec.T0)
	}
	for i, step := range p.Next {
		if i == len(next) {
			return
		}
		var at time.Time
		if len(rec.Steps) > i+1 {
			at = rec.Steps[i+1]
			after = at.Sub(rec.T0)
		} else if after += step.Wait; step.At > 0 {
			after = step.At
		}
		t.add("next_signal", at, after, planned, signals.Name(next[i]))
	}
}

// add appends an event that has happened, or one that is planned for the given
// time after the stop request.
func (t *timelineOf) add(name string, at time.Time, after time.Duration, planned bool, detail string) {
	e := probe.Event{Event: name, After: probe.Duration(after), Detail: detail}
	switch {
	case !at.IsZero():
		e.At, e.Done = at, true
		if !t.t0.IsZero() {
			e.After = probe.Duration(at.Sub(t.t0).Round(time.Millisecond))
		}
	case !planned:
		return
	case !t.t0.IsZero():
		e.At = t.t0.Add(after)
	}
	t.events = append(t.events, e)
}
