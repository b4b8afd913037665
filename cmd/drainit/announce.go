package main

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

// entered logs a transition, one line each. While running nothing is said.
func (s *supervisor) entered(e drain.Enter) {
	rec := s.machine.Record()
	switch e.State {
	case drain.Draining:
		s.log.Info("stop requested", append([]any{"signal", requestName(rec),
			"hold", holdText(s.cfg.Plan, rec), "rule", rec.HoldRule, "deadline", orOff(s.cfg.Plan.Deadline)}, s.intention(rec)...)...)
	case drain.Stopping:
		if rec.Latest == 0 {
			s.warnOfProgram(s.target, rec)
		}
		if s.cfg.StopSignal.None() {
			s.log.Info("stop left to the actions", append([]any{"program", s.program, "hold_ended", e.Why, "after", s.sinceStop()}, slices.Concat(peersAttrs(rec), evidenceOf(rec))...)...)
			return
		}
		if !s.stopSent {
			s.log.Error("stop signal not sent", "signal", signals.Name(s.target.Signal), "program", s.program, "pid", s.target.PID,
				"hold_ended", e.Why, "after", s.sinceStop())
			return
		}
		s.log.Info("stop signal sent", append([]any{"signal", signalName(s.target.Signal), "program", s.program, "pid", s.target.PID,
			"why", s.target.Why, "hold_ended", e.Why, "after", s.sinceStop()}, slices.Concat(peersAttrs(rec), evidenceOf(rec), s.noteNow(rec))...)...)
	case drain.Killing:
		s.killing(rec)
	case drain.Sweeping:
		s.gate.SetChildGone("child exited")
		s.explainKill()
		if s.machine.Finishing() {
			return // within a second
		}
		s.log.Info("child exited, leftovers remain", "status", rec.Status, "leftovers", s.leftovers,
			"sweep", s.cfg.Plan.Sweep, "after", s.sinceStop())
	case drain.Exited:
		s.gate.SetChildGone("child exited")
		s.explainKill()
		s.report(rec, e.Why)
	}
}

// killing says what SIGKILL has reached.
func (s *supervisor) killing(rec drain.Record) {
	if s.reach.sent == 0 && s.reach.err != nil {
		s.log.Warn("deadline hit, SIGKILL not sent", "after", s.sinceStop(), "error", s.reach.err)
		return
	}
	to := "descendants"
	switch {
	case s.host.init:
		to = "the PID namespace"
	case !s.reach.known:
		to = "the program and its process group; /proc does not tell what else there is"
	}
	s.log.Warn("deadline hit, SIGKILL sent", append([]any{"after", s.sinceStop(), "to", to,
		"remedy", "a longer grace period, or find what the program still does"}, whatWasCut(rec)...)...)
}

// intention says what the stop signal will be. Where nothing is held it is sent
// before anybody could read that, so nobody is kept waiting for a look.
func (s *supervisor) intention(rec drain.Record) []any {
	if rec.Latest == 0 {
		return nil
	}
	root := s.host.lookAt(s.child.pid, lookPatience)
	target := s.cfg.StopSignal.Resolve(root, unix.Signal(rec.Request))
	s.warnOfProgram(target, rec)
	attrs := []any{"will_send", s.intended(target), "program", programName(root, target)}
	if len(rec.WaitsFor) > 0 {
		attrs = append(attrs, "waits_for", strings.Join(rec.WaitsFor, ","), "latest", rec.Latest)
	}
	if rec.Until != drain.UntilDelay {
		attrs = append(attrs, "until", rec.Until.String())
	}
	if rec.Until != drain.UntilDelay && len(rec.WaitsFor) == 0 {
		attrs = append(attrs, "latest", rec.Latest)
	}
	return append(attrs, note(target, rec)...)
}

// noteNow is the note of a stop that nothing held, and so told nobody of before.
func (s *supervisor) noteNow(rec drain.Record) []any {
	if rec.Latest > 0 {
		return nil
	}
	return note(s.target, rec)
}

// intended is a schedule as it was given, else the signal that it will be.
func (s *supervisor) intended(t signals.Target) string {
	if s.cfg.StopSignal.Auto() {
		return signals.Name(t.Signal)
	}
	return s.cfg.StopSignal.String()
}

// holdText is how long the delay holds the stop signal, a range as it is written.
func holdText(p drain.Plan, rec drain.Record) string {
	if p.DelayMax > 0 && rec.Hold == p.DelayMax {
		return rangeText(p)
	}
	return rec.Hold.String()
}

// rangeText is the delay as it is written: 5s, or 1s..15s.
func rangeText(p drain.Plan) string {
	if p.DelayMax > 0 {
		return short(p.Delay) + ".." + short(p.DelayMax)
	}
	return short(p.Delay)
}

// evidenceOf says what the connections were when the stop signal was sent.
func evidenceOf(rec drain.Record) []any {
	if text := rec.Evidence(); text != "" {
		return []any{"connections", text}
	}
	return nil
}

// whatWasCut says what SIGKILL cut.
func whatWasCut(rec drain.Record) []any {
	if rec.AtDeadline.Known {
		return []any{"connections", rec.AtDeadline.String()}
	}
	return nil
}

// progress says what a drain waits for, so that its last line before a
// platform's SIGKILL is a diagnosis.
func (s *supervisor) progress(waitingFor string) {
	attrs := []any{"for", waitingFor, "after", s.sinceStop()}
	if s.machine.State() >= drain.Killing {
		if n := len(s.countLeftovers()); n > 0 {
			attrs = append(attrs, "leftovers", n)
		}
	}
	s.log.Info("waiting", attrs...)
}

// explainKill says what is known of a SIGKILL that was not drainit's.
func (s *supervisor) explainKill() {
	if !s.killedByOther {
		return
	}
	s.killedByOther = false // said once
	if n, ok := s.host.oomKills(); ok && n > s.oomBefore {
		s.log.Error("child killed: out of memory", "oom_kills", n-s.oomBefore,
			"remedy", "raise the container's memory limit, or lower what the program uses")
		return
	}
	s.log.Warn("child killed by a SIGKILL that drainit did not send")
}

// orOff shows a duration of which 0 means that there is none.
func orOff(d time.Duration) string {
	if d == 0 {
		return "off"
	}
	return d.String()
}
